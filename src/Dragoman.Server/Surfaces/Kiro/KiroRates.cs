using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Management;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The limits of rates of Kiro accounts: they are <c>routing.limits.kiro</c> of the gateway's configuration, where the settings of this surface's pages are written and read.</summary>
internal sealed class KiroRates(Func<GatewayConfig> config, SettingsService settings)
{
    private const string Section = $"routing.limits.{KiroAccounts.Provider}";

    /// <summary>What holds now.</summary>
    public ProviderLimits Current => config().Routing.Limits.GetValueOrDefault(KiroAccounts.Provider) ?? ProviderLimits.None;

    /// <summary>Whether any rate is limited now.</summary>
    public bool AreLimited => Current is { RequestsPerMinute: not null } or { TotalRequestsPerMinute: not null } || Current.RequestInterval > TimeSpan.Zero;

    /// <summary>Sets the limit of each account; null for none.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public Task<ManagementError?> SetEachAsync(int? limit, SurfaceCall call) => ChangeAsync(call, ("requests-per-minute", limit, limit == Current.RequestsPerMinute));

    /// <summary>Sets all limits; null and zero for none.</summary>
    /// <param name="each">Requests a minute of each account.</param>
    /// <param name="together">Requests a minute of all accounts together.</param>
    /// <param name="interval">The least time between two requests of an account.</param>
    /// <param name="call">The call.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public Task<ManagementError?> SetAsync(int? each, int? together, TimeSpan interval, SurfaceCall call) => ChangeAsync(call,
        ("requests-per-minute", each, each == Current.RequestsPerMinute), ("total-requests-per-minute", together, together == Current.TotalRequestsPerMinute),
        ("request-interval", interval > TimeSpan.Zero ? $"{(long)interval.TotalMilliseconds}ms" : null, interval == Current.RequestInterval));

    private async Task<ManagementError?> ChangeAsync(SurfaceCall call, params (string Key, JsonNode? Value, bool IsSame)[] values)
    {
        var changes = values.Where(static value => !value.IsSame).Select(static value => KeyValuePair.Create($"{Section}.{value.Key}", value.Value)).ToList();
        if (changes.Count == 0) return null;
        var changed = await settings.ChangeAsync(changes, null, call.Actor, call.CancellationToken);
        return changed.Succeeded ? null : changed.Error;
    }
}
