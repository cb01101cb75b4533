using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The configuration as a whole: as JSON, and as the text of its file.</summary>
internal sealed class ConfigRoutes(ConfigEdits edits, ScalarRoutes scalars, SettingsService settings) : ICliProxyRoutes
{
    private const string Yaml = "application/yaml; charset=utf-8";
    private const int MostBytes = 4 << 20;

    /// <summary>What is not shown: where the gateway listens and who manages it (wire notes 1.6), and what is the gateway's own and holds secrets.</summary>
    private static readonly string[] Hidden = ["host", "port", "auth-dir", "remote-management", "listeners", "store", "bedrock"];

    /// <summary>Lists that panels read whether they are written or not.</summary>
    private static readonly string[] Lists = ["api-keys", "gemini-api-key", "codex-api-key", "claude-api-key", "vertex-api-key", "openai-compatibility"];

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/config", "Shows the configuration as JSON, key lists with their keys.", call => edits.ShowAsync(call, Show));
        management.Get("/config.yaml", "Gives the text of the configuration's file.", ReadAsync);
        management.WithBody(MostBytes).Add("PUT", "/config.yaml", "Replaces the text of the configuration's file, if it can be used.", WriteAsync);
    }

    private JsonObject Show(JsonObject values)
    {
        foreach (var key in Hidden) values.Remove(key);
        foreach (var setting in ScalarSetting.All)
        {
            if (Hidden.Contains(setting.Path.Split('.')[0]) || setting.Path.StartsWith("ampcode.", StringComparison.Ordinal)) continue;
            var place = values;
            foreach (var key in setting.Path.Split('.')[..^1]) place = place[key] as JsonObject ?? Put(place, key);
            place[setting.Name] = scalars.ValueIn(values, setting).DeepClone();
        }

        foreach (var list in Lists)
            if (values[list] is not JsonArray) values[list] = new JsonArray();
        return values;
    }

    private static JsonObject Put(JsonObject place, string key)
    {
        var inner = new JsonObject();
        place[key] = inner;
        return inner;
    }

    private async Task<SurfaceAnswer> ReadAsync(SurfaceCall call)
    {
        var read = await settings.ReadFileAsync(showSecrets: true, call.Actor, call.CancellationToken);
        if (!read.Succeeded) return Fault(read.Error.Kind == ManagementErrorKind.NotFound ? 404 : 500, read.Error.Kind == ManagementErrorKind.NotFound ? "not_found" : "read_failed", read.Error.Text);
        return SurfaceAnswer.Text(200, read.Value.Text, Yaml).With([new("Cache-Control", "no-store"), new("X-Content-Type-Options", "nosniff")]);
    }

    private async Task<SurfaceAnswer> WriteAsync(SurfaceCall call)
    {
        var text = await call.TextAsync();
        var written = await settings.WriteFileAsync(text, expectedVersion: null, call.Actor, call.CancellationToken);
        if (written.Succeeded) return SurfaceAnswer.Json(new JsonObject { ["ok"] = true, ["changed"] = new JsonArray("config") });
        var error = written.Error;
        if (error.Kind != ManagementErrorKind.Unusable) return Fault(error.Kind == ManagementErrorKind.Invalid ? 422 : 500, error.Kind == ManagementErrorKind.Invalid ? "invalid_config" : "write_failed", error.Text);
        var faults = error.Findings.Where(static finding => !finding.IsWarning).ToList();
        // What is no YAML has no key that could be at fault.
        var isYaml = !faults.Exists(static finding => string.IsNullOrEmpty(finding.Field));
        return Fault(isYaml ? 422 : 400, isYaml ? "invalid_config" : "invalid_yaml", string.Join(' ', faults.Select(static finding => $"{(finding.Line > 0 ? $"line {finding.Line}: " : "")}{(string.IsNullOrEmpty(finding.Field) ? "" : finding.Field + ": ")}{finding.Message}")));
    }

    private static SurfaceAnswer Fault(int status, string code, string message) => SurfaceAnswer.Json(status, new JsonObject { ["error"] = code, ["message"] = message });
}
