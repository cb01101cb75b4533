using System.Text.Json.Nodes;
using Dragoman.Management.Access;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The management key of the configuration's file (surface-clients 1.5): never shown, and written as a hash.</summary>
internal sealed class SecretKeyRoutes(ConfigEdits edits) : ICliProxyRoutes
{
    private const string Key = "remote-management.secret-key";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/" + Key, "Shows that there is a management key, and not which.", static _ => Task.FromResult(SurfaceAnswer.Json(new JsonObject { ["secret-key"] = "" })));
        management.Write("/" + Key, "Writes a new management key, hashed.", WriteAsync);
    }

    private async Task<SurfaceAnswer> WriteAsync(SurfaceCall call)
    {
        var body = await call.JsonAsync();
        if (ConfigEdits.TextOf(body is JsonObject map ? map["value"] : body) is not { } secret) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        var hashed = ManagementSecretService.HashForFile(secret.Trim());
        return hashed.Succeeded ? await edits.WriteAsync(call, _ => ConfigEdits.Set(Key, hashed.Value)) : CliProxyErrors.AnswerOf(hashed.Error);
    }
}
