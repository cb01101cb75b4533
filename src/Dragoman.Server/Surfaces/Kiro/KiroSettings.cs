using System.Text.Json.Nodes;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The settings that this surface's page has (wire note A.7): kept in the store, those of rates in the gateway's configuration.</summary>
internal sealed class KiroSettings(SurfaceState state, KiroRates rates)
{
    private const string HistoryKey = "history";
    private const string RateLimitKey = "rate-limit";

    /// <summary>The names of ways to shorten a conversation.</summary>
    public static IReadOnlyList<string> Strategies { get; } = ["none", "auto_truncate", "smart_summary", "error_retry", "pre_estimate"];

    /// <summary>The settings of long conversations, as they are by default.</summary>
    public static JsonObject HistoryDefaults() => new()
    {
        ["strategies"] = new JsonArray("error_retry"), ["max_messages"] = 30, ["max_chars"] = 150_000, ["summary_keep_recent"] = 10, ["summary_threshold"] = 100_000, ["summary_max_length"] = 2_000, ["retry_max_messages"] = 20,
        ["max_retries"] = 2, ["estimate_threshold"] = 180_000, ["chars_per_token"] = 3.0, ["summary_cache_enabled"] = true, ["summary_cache_min_delta_messages"] = 3, ["summary_cache_min_delta_chars"] = 4_000,
        ["summary_cache_max_age_seconds"] = 180, ["add_warning_header"] = true,
    };

    /// <summary>The settings of rates, as they are by default.</summary>
    public static JsonObject RateLimitDefaults() => new()
    {
        ["enabled"] = false, ["min_request_interval"] = 0.5, ["max_requests_per_minute"] = 60, ["global_max_requests_per_minute"] = 120, ["quota_cooldown_seconds"] = 30,
    };

    /// <summary>The settings of long conversations.</summary>
    public async Task<JsonObject> HistoryAsync(CancellationToken cancellationToken) => Merge(HistoryDefaults(), await state.GetAsync(KiroAccounts.StateName, HistoryKey, cancellationToken) as JsonObject ?? [], out _);

    /// <summary>Keeps settings of long conversations; what is left out takes its default, as that system has it.</summary>
    /// <returns>The settings, and what is wrong with what was sent; null for nothing.</returns>
    public async Task<(JsonObject Settings, string? Problem)> SetHistoryAsync(JsonObject changes, CancellationToken cancellationToken)
    {
        var merged = Merge(HistoryDefaults(), changes, out var problem);
        if (problem is null && merged["strategies"] is JsonArray names && names.FirstOrDefault(name => !Strategies.Contains(name?.ToString() ?? "")) is { } odd) problem = $"'{odd}' is no strategy; there are {string.Join(", ", Strategies)}.";
        if (problem is null) await state.SetAsync(KiroAccounts.StateName, HistoryKey, merged.DeepClone(), cancellationToken);
        return (merged, problem);
    }

    /// <summary>The settings of rates: those that hold, and what was kept where none does.</summary>
    public async Task<JsonObject> RateLimitAsync(CancellationToken cancellationToken)
    {
        var shown = Merge(RateLimitDefaults(), await state.GetAsync(KiroAccounts.StateName, RateLimitKey, cancellationToken) as JsonObject ?? [], out _);
        shown["enabled"] = rates.AreLimited;
        if (!rates.AreLimited) return shown;
        var now = rates.Current;
        shown["min_request_interval"] = now.RequestInterval.TotalSeconds;
        shown["max_requests_per_minute"] = now.RequestsPerMinute ?? 0;
        shown["global_max_requests_per_minute"] = now.TotalRequestsPerMinute ?? 0;
        return shown;
    }

    /// <summary>Changes settings of rates; what is left out stays. They hold where <c>enabled</c> is set; zero is no limit.</summary>
    public async Task<(JsonObject Settings, string? Problem)> SetRateLimitAsync(JsonObject changes, SurfaceCall call)
    {
        var merged = Merge(await RateLimitAsync(call.CancellationToken), changes, out var problem);
        if (problem is not null) return (merged, problem);
        var enabled = merged.Flag("enabled") == true;
        var failed = await rates.SetAsync(enabled ? Limit(merged, "max_requests_per_minute") : null, enabled ? Limit(merged, "global_max_requests_per_minute") : null, enabled ? TimeSpan.FromSeconds(Math.Min(3_600, merged.Number("min_request_interval") ?? 0)) : TimeSpan.Zero, call);
        if (failed is not null) return (merged, failed.Text);
        await state.SetAsync(KiroAccounts.StateName, RateLimitKey, merged.DeepClone(), call.CancellationToken);
        return (merged, null);
    }

    private static int? Limit(JsonObject settings, string name) => settings.Number(name) is >= 1 and var number ? (int)Math.Min(1_000_000, number) : null;

    /// <summary>Settings with those in the place of their own that are sent with a value of the same kind; names that are not theirs are left out.</summary>
    private static JsonObject Merge(JsonObject settings, JsonObject changes, out string? problem)
    {
        problem = null;
        foreach (var (name, value) in changes)
        {
            if (settings[name] is not { } usual || value is null) continue;
            if (usual.GetValueKind() is var kind && (kind == value.GetValueKind() || (IsFlag(kind) && IsFlag(value.GetValueKind()))) && !(kind == System.Text.Json.JsonValueKind.Number && value.GetValue<double>() < 0)) settings[name] = value.DeepClone();
            else problem ??= $"'{name}' has a value that cannot be.";
        }

        return settings;
    }

    private static bool IsFlag(System.Text.Json.JsonValueKind kind) => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;
}
