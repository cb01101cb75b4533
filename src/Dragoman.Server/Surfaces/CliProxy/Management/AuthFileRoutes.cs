using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.CredentialFiles;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/auth-files</c>: the accounts of the store as credential files (wire notes cliproxyapi 1.12).</summary>
internal sealed class AuthFileRoutes(CredentialFileService files, AuthFileJson json, AuthFileUpload upload, KeySectionToggle sections) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/auth-files", "Lists the credential files.", ListAsync);
        management.WithBody(AuthFileUpload.MostBytes).Add("POST", "/auth-files", "Uploads credential files, as parts of a form or as a body of their own.", upload.RunAsync);
        management.Add("DELETE", "/auth-files", "Removes credential files by name, or all of them.", RemoveAsync);
        management.Get("/auth-files/download", "Gives a credential file with its tokens, and writes that down.", DownloadAsync);
        management.Add("PATCH", "/auth-files/status", "Enables or disables a credential file.", SetStatusAsync);
        management.Add("PATCH", "/auth-files/fields", "Changes members of a credential file.", SetFieldsAsync);
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var listed = await files.ListAsync(call.CancellationToken);
        if (!listed.Succeeded) return CliProxyErrors.AnswerOf(listed.Error);
        var (name, index) = (call.Query("name"), call.Query("auth_index") ?? call.Query("auth-index"));
        var shown = listed.Value.Where(file => (name is not { Length: > 0 } || file.Name == name) && (index is not { Length: > 0 } || AuthIndexes.Of(file.Account.Id) == index));
        return SurfaceAnswer.Json(new JsonObject { ["files"] = new JsonArray([.. shown.Select(json.Describe)]) });
    }

    private async Task<SurfaceAnswer> DownloadAsync(SurfaceCall call)
    {
        var name = call.Query("name");
        if (CredentialFileService.NameFault(name) is { } fault) return CliProxyErrors.Flat(400, fault);
        var read = await files.ReadAsync(name!, call.Actor, call.CancellationToken);
        if (!read.Succeeded) return read.Error.Kind == ManagementErrorKind.NotFound ? CliProxyErrors.Flat(404, "file not found") : CliProxyErrors.AnswerOf(read.Error);
        return SurfaceAnswer.File("application/json", name!, JsonSerializer.SerializeToUtf8Bytes(read.Value, CliProxyJson.Indented)).With([new("Cache-Control", "no-store")]);
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        if (call.Query("all") is "true" or "1" or "*") return await RemoveAllAsync(call);
        var names = call.Context.Request.Query["name"].OfType<string>().Where(static name => name.Length > 0).ToList();
        if (names.Count == 0) names = NamesOf(await call.JsonAsync());
        names = [.. names.Distinct(StringComparer.Ordinal)];
        if (names.Count == 0) return CliProxyErrors.Flat(400, "invalid name");
        var (removed, failed) = (new JsonArray(), new JsonArray());
        SurfaceAnswer? first = null;
        foreach (var name in names)
        {
            var error = CredentialFileService.NameFault(name) is { } fault ? ManagementError.Invalid(fault is "invalid name" ? fault : "invalid name") : await files.RemoveAsync(name, call.Actor, call.CancellationToken);
            if (error is null) removed.Add((JsonNode)name);
            else
            {
                first ??= CliProxyErrors.AnswerOf(error);
                failed.Add((JsonNode)new JsonObject { ["name"] = name, ["error"] = error.Text });
            }
        }

        if (names.Count == 1) return first ?? ManagementRoutes.Done;
        var answer = new JsonObject { ["status"] = failed.Count == 0 ? "ok" : "partial", ["deleted"] = removed.Count, ["files"] = removed };
        if (failed.Count > 0) answer["failed"] = failed;
        return SurfaceAnswer.Json(failed.Count == 0 ? 200 : 207, answer);
    }

    private async Task<SurfaceAnswer> RemoveAllAsync(SurfaceCall call)
    {
        var listed = await files.ListAsync(call.CancellationToken);
        if (!listed.Succeeded) return CliProxyErrors.AnswerOf(listed.Error);
        var removed = 0;
        foreach (var file in listed.Value)
        {
            if (await files.RemoveAsync(file.Name, call.Actor, call.CancellationToken) is null) removed++;
        }

        return SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["deleted"] = removed });
    }

    private async Task<SurfaceAnswer> SetStatusAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var name = ConfigEdits.TextOf(body["name"])?.Trim() ?? "";
        var index = ConfigEdits.TextOf(body["auth_index"] ?? body["authIndex"] ?? body["auth-index"]);
        if (name.Length == 0 && index is not { Length: > 0 }) return CliProxyErrors.Flat(400, "name is required");
        if (body["disabled"] is not JsonValue flag || !flag.TryGetValue<bool>(out var disabled)) return CliProxyErrors.Flat(400, "disabled is required");
        if (await sections.TryAsync(call, index, disabled) is { } toggled) return toggled;
        var listed = await files.ListAsync(call.CancellationToken);
        if (!listed.Succeeded) return CliProxyErrors.AnswerOf(listed.Error);
        if (listed.Value.FirstOrDefault(one => one.Name == name || AuthIndexes.Of(one.Account.Id) == index) is not { } file) return CliProxyErrors.Flat(404, "auth file not found");
        var error = await files.ChangeAsync(file.Name, new JsonObject { ["disabled"] = disabled }, call.Actor, call.CancellationToken);
        return error is null ? SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["disabled"] = disabled }) : CliProxyErrors.AnswerOf(error);
    }

    private async Task<SurfaceAnswer> SetFieldsAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var name = ConfigEdits.TextOf(body["name"])?.Trim() ?? "";
        body.Remove("name");
        body.Remove("auth_index");
        if (name.Length == 0) return CliProxyErrors.Flat(400, "name is required");
        if (body.Count == 0) return CliProxyErrors.Flat(400, "no fields to update");
        if (body["weight"] is { } weight && weight.GetValueKind() != JsonValueKind.Null && (weight.GetValueKind() != JsonValueKind.Number || ConfigEdits.NumberOf(weight) is null)) return CliProxyErrors.Flat(400, "weight must be an integer");
        return ManagementRoutes.AnswerOf(await files.ChangeAsync(name, body, call.Actor, call.CancellationToken));
    }

    private static List<string> NamesOf(JsonNode? body)
    {
        var list = body switch
        {
            JsonArray bare => bare,
            JsonObject map when map["names"] is JsonArray names => names,
            JsonObject map when ConfigEdits.TextOf(map["name"]) is { } name => new JsonArray(name),
            _ => [],
        };
        return [.. list.Select(static item => ConfigEdits.TextOf(item)?.Trim() ?? "").Where(static name => name.Length > 0)];
    }
}
