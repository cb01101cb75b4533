using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Settings;

/// <summary>
/// What the panel's pages remember: saved views and preferences, one JSON object that the store keeps and whose meaning only the pages know. It is
/// changed from the version that was read, so that two pages do not overwrite each other. Nothing secret belongs in it.
/// </summary>
public sealed class PanelState(IGatewayStore store)
{
    /// <summary>The largest object, in bytes of its JSON.</summary>
    public const int MostBytes = 256 << 10;

    private const string Name = "surface.panel.state";

    /// <summary>The object as it stands; an empty one with version 0 where nothing was kept yet.</summary>
    public Task<ManagementResult<PanelStateView>> GetAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<PanelStateView>(async () =>
    {
        var setting = await store.Settings.GetAsync(Name, cancellationToken);
        return new PanelStateView(Parse(setting?.Value), VersionOf(setting?.Version ?? 0));
    });

    /// <summary>Puts another object in its place.</summary>
    /// <param name="state">The object.</param>
    /// <param name="expectedVersion">The version that was read, or <c>*</c> for whichever stands there.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public Task<ManagementResult<PanelStateView>> SetAsync(JsonObject state, string expectedVersion, CancellationToken cancellationToken) => StoreCalls.RunAsync<PanelStateView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(expectedVersion);
        var text = state.ToJsonString(ManagementJson.Options);
        if (Encoding.UTF8.GetByteCount(text) > MostBytes) return ManagementError.Invalid($"The panel's state is larger than {MostBytes >> 10} kB.", "state", "too_large");
        long? from = null;
        if (expectedVersion != "*")
        {
            if (!long.TryParse(expectedVersion.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return ManagementError.Invalid($"'{expectedVersion}' is no version of the panel's state.", "If-Match");
            from = version;
        }

        var saved = await store.Settings.SetAsync(new Setting(Name, text), from, cancellationToken);
        if (saved.Saved) return new PanelStateView(state, VersionOf(saved.Version));
        var now = await store.Settings.GetAsync(Name, cancellationToken);
        return new ManagementError(ManagementErrorKind.VersionConflict, "version_conflict", "Another page has changed the panel's state meanwhile; read it again.") { CurrentVersion = VersionOf(now?.Version ?? 0) };
    });

    private static JsonObject Parse(string? text)
    {
        try
        {
            return text is not null && JsonNode.Parse(text) is JsonObject state ? state : [];
        }
        catch (JsonException)
        {
            // Not what this wrote: as if it were not there.
            return [];
        }
    }

    private static string VersionOf(long version) => version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What the panel's pages remember.</summary>
/// <param name="State">The object; only the pages know what it means.</param>
/// <param name="Version">The version that a change is made from.</param>
public sealed record PanelStateView(JsonObject State, string Version);
