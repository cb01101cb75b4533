using System.Text.Json.Nodes;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>What only this surface keeps, in the store: its configuration, presets, what its page shows of models, and the thresholds of accounts.</summary>
internal sealed class AntigravityState(SurfaceState state)
{
    private static readonly string Name = Surface.Antigravity.ToString().ToLowerInvariant();

    /// <summary>An object that is kept; an empty one where there is none.</summary>
    public async Task<JsonObject> ObjectAsync(string key, CancellationToken cancellationToken) => await state.GetAsync(Name, key, cancellationToken) as JsonObject ?? [];

    /// <summary>A list that is kept; null where there is none.</summary>
    public async Task<JsonArray?> ListAsync(string key, CancellationToken cancellationToken) => await state.GetAsync(Name, key, cancellationToken) as JsonArray;

    /// <summary>Keeps a value.</summary>
    public Task SetAsync(string key, JsonNode value, CancellationToken cancellationToken) => state.SetAsync(Name, key, value, cancellationToken);

    /// <summary>The thresholds of an account: that of all its models, and of single ones.</summary>
    public async Task<(double? Account, JsonObject Models)> ThresholdsAsync(string accountId, CancellationToken cancellationToken)
    {
        var kept = (await ObjectAsync("thresholds", cancellationToken))[accountId] as JsonObject ?? [];
        return (kept.Number("account"), kept["models"]?.DeepClone() as JsonObject ?? []);
    }
}
