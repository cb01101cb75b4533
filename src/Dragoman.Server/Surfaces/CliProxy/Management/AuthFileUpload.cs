using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.CredentialFiles;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Uploads of credential files: parts of a form under any names, or one body with the file's name in the query (wire notes cliproxyapi 1.12).</summary>
internal sealed class AuthFileUpload(CredentialFileService files)
{
    /// <summary>The largest upload.</summary>
    public const int MostBytes = 16 << 20;

    private const int MostFile = 1 << 20;
    private const int MostFiles = 200;

    /// <summary>Takes an upload.</summary>
    public async Task<SurfaceAnswer> RunAsync(SurfaceCall call)
    {
        if (!call.Context.Request.HasFormContentType) return await TakeBodyAsync(call);
        IFormCollection form;
        try
        {
            form = await call.Context.Request.ReadFormAsync(call.CancellationToken);
        }
        catch (InvalidDataException)
        {
            return CliProxyErrors.Flat(400, "invalid form");
        }

        if (form.Files.Count is 0 or > MostFiles) return CliProxyErrors.Flat(400, form.Files.Count == 0 ? "no files uploaded" : "too many files");
        var isAcknowledged = IsAcknowledged(call) || form["acknowledged"] == "true";
        var (taken, failed) = (new JsonArray(), new JsonArray());
        ManagementError? first = null;
        foreach (var part in form.Files)
        {
            var name = Path.GetFileName(part.FileName.Replace('\\', '/'));
            if (await TakeAsync(call, name, part, isAcknowledged) is { } error)
            {
                first ??= error;
                failed.Add((JsonNode)new JsonObject { ["name"] = name, ["error"] = error.Text });
            }
            else taken.Add((JsonNode)name);
        }

        if (form.Files.Count == 1) return ManagementRoutes.AnswerOf(first);
        var answer = new JsonObject { ["status"] = failed.Count == 0 ? "ok" : "partial", ["uploaded"] = taken.Count, ["files"] = taken };
        if (failed.Count == 0) return SurfaceAnswer.Json(answer);
        answer["failed"] = failed;
        return SurfaceAnswer.Json(207, answer);
    }

    private async Task<SurfaceAnswer> TakeBodyAsync(SurfaceCall call)
    {
        if (call.Query("name") is not { Length: > 0 } name) return CliProxyErrors.Flat(400, "no files uploaded");
        return ManagementRoutes.AnswerOf(await WriteAsync(call, name, await call.TextAsync(), IsAcknowledged(call)));
    }

    private async Task<ManagementError?> TakeAsync(SurfaceCall call, string name, IFormFile part, bool isAcknowledged)
    {
        if (part.Length > MostFile) return ManagementError.Invalid("file is too large");
        using var content = new MemoryStream();
        await part.CopyToAsync(content, call.CancellationToken);
        return await WriteAsync(call, name, Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length).TrimStart('\uFEFF'), isAcknowledged);
    }

    private async Task<ManagementError?> WriteAsync(SurfaceCall call, string name, string content, bool isAcknowledged)
    {
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return ManagementError.Invalid("file must be .json");
        var written = await files.WriteAsync(name, content, isAcknowledged, GatewayAddress.Of(call.Context), call.Actor, call.CancellationToken);
        return written.Error;
    }

    private static bool IsAcknowledged(SurfaceCall call) => call.Query("acknowledged") is "true" or "1";
}
