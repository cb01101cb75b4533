using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Accounts;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What the settings of this surface's page do to the accounts, and how often those were asked lately.</summary>
internal sealed class KiroHistory(KiroAccounts accounts, AccountAdministration administration, UsageReport usage, TimeProvider time)
{
    /// <summary>Has the accounts of the store shorten conversations as the strategies say: by a summary, by leaving the oldest out, or not at all.</summary>
    public async Task ApplyAsync(JsonObject settings, SurfaceCall call)
    {
        var names = (settings["strategies"] as JsonArray ?? []).Select(static name => name?.ToString()).ToHashSet(StringComparer.Ordinal);
        var way = names.Contains("smart_summary") ? "summary" : names.Overlaps(["auto_truncate", "error_retry", "pre_estimate"]) ? "truncate" : "off";
        var value = JsonSerializer.SerializeToElement(way, KiroJson.Default.String);
        foreach (var account in accounts.All().Where(static account => account.Origin == AccountOrigin.Store))
            await administration.ChangeAsync(account.Id, new AccountUpdate { Settings = new Dictionary<string, JsonElement> { ["compaction"] = value } }, call.Actor, call.CancellationToken);
    }

    /// <summary>How often each account was asked in the last minute.</summary>
    public async Task<JsonObject> RatesAsync(JsonObject limits, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lately = await usage.ListAsync(new UsageFilter { From = now.AddMinutes(-1).ToString("O", CultureInfo.InvariantCulture) }, KiroStatistics.Ring, null, cancellationToken);
        var entries = lately.Succeeded ? lately.Value.Entries : [];
        var rates = new JsonObject();
        foreach (var account in accounts.All())
        {
            rates[KiroAccounts.IdOf(account.Id)] = new JsonObject
            {
                ["rpm"] = entries.Count(entry => entry.Account == account.Id),
                ["last_request"] = account.Health.LastUsedAt is { } used ? Math.Round(Math.Max(0, (now - used).TotalSeconds), 1) : null,
            };
        }

        return new JsonObject
        {
            ["enabled"] = limits["enabled"]!.DeepClone(), ["global_rpm"] = entries.Count, ["quota_cooldown_seconds"] = limits["quota_cooldown_seconds"]!.DeepClone(), ["accounts"] = rates,
        };
    }
}
