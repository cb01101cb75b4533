using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Settings;

/// <summary>
/// The small settings that only one surface knows (a preset, what its page shows first): JSON values that the store keeps, so that they last and every node
/// has them. What the gateway itself obeys is a setting of its configuration instead.
/// </summary>
public sealed class SurfaceState(IGatewayStore store)
{
    /// <summary>A value; null where there is none.</summary>
    /// <param name="surface">The surface's name.</param>
    /// <param name="key">The value's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<JsonNode?> GetAsync(string surface, string key, CancellationToken cancellationToken)
    {
        if (await store.Settings.GetAsync(NameOf(surface, key), cancellationToken) is not { } setting) return null;
        try
        {
            return JsonNode.Parse(setting.Value);
        }
        catch (JsonException)
        {
            // Not what this wrote: as if it were not there.
            return null;
        }
    }

    /// <summary>Keeps a value; null forgets it.</summary>
    /// <param name="surface">The surface's name.</param>
    /// <param name="key">The value's name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task SetAsync(string surface, string key, JsonNode? value, CancellationToken cancellationToken)
    {
        if (value is null) await store.Settings.RemoveAsync(NameOf(surface, key), cancellationToken);
        else await store.Settings.SetAsync(new Setting(NameOf(surface, key), value.ToJsonString()), fromVersion: null, cancellationToken);
    }

    private static string NameOf(string surface, string key) => $"surface.{surface}.{key}";
}
