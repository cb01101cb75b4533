using System.Text.Json.Nodes;

namespace Dragoman.Management.Clients;

/// <summary>
/// The models that Gemini CLI asks for by itself (to sort requests, search the web, compress, correct edits), whatever it is told with <c>-m</c>. Where
/// the gateway does not serve one of them, its settings can name another in its place: <c>modelConfigs.customOverrides</c>
/// (packages/core/src/config/defaultModelConfigs.ts and services/modelConfigService.ts of google-gemini/gemini-cli).
/// </summary>
internal static class GeminiHelperModels
{
    /// <summary>The models for larger tasks.</summary>
    private static readonly string[] Large = ["gemini-3-pro-preview", "gemini-3.1-pro-preview", "gemini-3.1-pro-preview-customtools", "gemini-2.5-pro"];

    /// <summary>The models for small tasks.</summary>
    private static readonly string[] Small =
    [
        "gemini-3-flash-preview", "gemini-3.1-flash-lite-preview", "gemini-2.5-flash", "gemini-2.5-flash-lite",
        // Those of 0.61, which takes the newest of a family where an older one is asked for (packages/core/src/config/models.ts).
        "gemini-3-flash", "gemini-3.5-flash", "gemini-3.8-flash", "gemini-3.1-flash-lite", "gemini-3.5-flash-lite",
    ];

    /// <summary>The names that the gateway is not known to serve.</summary>
    public static IEnumerable<string> Missing(GatewayEndpoint gateway)
        => Large.Concat(Small).Where(name => !gateway.Models.Any(model => model.Id.Equals(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The setting that puts the chosen models in their place; null where none is chosen, or none is missing.</summary>
    public static Setting? Overrides(GatewayEndpoint gateway)
    {
        if (gateway.Model is null && gateway.SmallModel is null) return null;
        var overrides = new JsonArray();
        foreach (var name in Missing(gateway))
        {
            var instead = (Array.IndexOf(Small, name) >= 0 ? gateway.SmallModel ?? gateway.Model : gateway.Model ?? gateway.SmallModel)!;
            if (instead != name) overrides.Add(new JsonObject { ["match"] = new JsonObject { ["model"] = name }, ["modelConfig"] = new JsonObject { ["model"] = instead } });
        }

        return overrides.Count == 0 ? null : new Setting(["modelConfigs", "customOverrides"], JsoncFormat.Literal(overrides));
    }
}
