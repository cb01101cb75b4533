using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management.CredentialFiles;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/vertex/import</c>: the key of a service account becomes an account (wire notes cliproxyapi 1.12).</summary>
internal sealed class VertexImportRoutes(CredentialFileService files) : ICliProxyRoutes
{
    private const int MostBytes = 1 << 20;
    private const string DefaultLocation = "us-central1";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
        => new ManagementRoutes(routes).WithBody(MostBytes).Add("POST", "/vertex/import", "Imports the key of a service account.", ImportAsync);

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        if (!call.Context.Request.HasFormContentType) return CliProxyErrors.Flat(400, "file required");
        var form = await call.Context.Request.ReadFormAsync(call.CancellationToken);
        if (form.Files.GetFile("file") is not { } part) return CliProxyErrors.Flat(400, "file required");
        using var content = new MemoryStream();
        await part.CopyToAsync(content, call.CancellationToken);
        if (Parse(content.ToArray()) is not { } key) return CliProxyErrors.Flat(400, "invalid json");
        if (ConfigEdits.TextOf(key["client_email"]) is not { Length: > 0 } email || ConfigEdits.TextOf(key["private_key"]) is not { Length: > 0 }) return CliProxyErrors.Flat(400, "invalid service account");
        if (ConfigEdits.TextOf(key["project_id"])?.Trim() is not { Length: > 0 } project) return CliProxyErrors.Flat(400, "project_id missing");
        var location = form["location"].ToString() is { Length: > 0 } given ? given : call.Query("location") is { Length: > 0 } asked ? asked : DefaultLocation;
        var name = $"vertex-{string.Concat(project.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' ? letter : '-'))}.json";
        var file = new JsonObject { ["type"] = "vertex", ["project_id"] = project, ["email"] = email, ["location"] = location, ["service_account"] = key };
        var written = await files.WriteAsync(name, file.ToJsonString(), acknowledged: false, GatewayAddress.Of(call.Context), call.Actor, call.CancellationToken);
        if (!written.Succeeded) return CliProxyErrors.AnswerOf(written.Error);
        return SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["auth-file"] = written.Value.Name, ["project_id"] = project, ["email"] = email, ["location"] = location });
    }

    private static JsonObject? Parse(byte[] content)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(content).TrimStart('\uFEFF'))?.AsObject();
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
