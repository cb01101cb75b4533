using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The routes of single settings: <c>{"value": X}</c> or the bare value, PUT and PATCH alike.</summary>
internal sealed class ScalarRoutes(ConfigEdits edits, Func<GatewayConfig> config) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        foreach (var setting in ScalarSetting.All)
        {
            foreach (var path in new[] { "/" + setting.Path.Replace('.', '/'), "/" + setting.Path }.Distinct(StringComparer.Ordinal))
            {
                management.Get(path, $"Shows {setting.Path}.", call => edits.ShowAsync(call, values => new JsonObject { [setting.Name] = ValueIn(values, setting) }));
                management.Write(path, $"Sets {setting.Path}.", call => WriteAsync(call, setting));
                if (setting.CanBeCleared) management.Add("DELETE", path, $"Takes {setting.Path} away.", call => edits.WriteAsync(call, _ => ConfigEdits.Set(setting.Path, null)));
            }
        }

        // What one of its panels asks as well.
        var strategy = ScalarSetting.All.First(static setting => setting.Path == "routing.strategy");
        management.Get("/routing", "Shows the routing.", call => edits.ShowAsync(call, values => new JsonObject { ["strategy"] = ValueIn(values, strategy) }));
        management.Write("/routing", "Sets the routing's strategy.", call => WriteAsync(call, strategy));
    }

    /// <summary>What the file says, where it is of the right kind; else what holds.</summary>
    public JsonNode ValueIn(JsonObject values, ScalarSetting setting)
        => setting.ValueOf(ConfigEdits.Find(values, setting.Path)) ?? setting.InForce(config());

    private async Task<SurfaceAnswer> WriteAsync(SurfaceCall call, ScalarSetting setting)
    {
        var body = await call.JsonAsync();
        var given = body is JsonObject map ? map.TryGetPropertyValue("value", out var value) ? value : map[setting.Name] : body;
        if (setting.ValueOf(given) is not { } kept)
            return CliProxyErrors.Flat(400, ConfigEdits.TextOf(given) is null ? "invalid body" : setting.Fault);
        return await edits.WriteAsync(call, _ => ConfigEdits.Set(setting.Path, kept));
    }
}
