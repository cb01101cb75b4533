using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Management;
using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The sums of <c>/usage</c> (wire notes cliproxyapi 1.10), made of the ledger, so that a restart loses none.</summary>
internal sealed class UsageSnapshot(UsageReport report, AccountRegistry accounts)
{
    private const int MostDetails = 1_000;

    /// <summary>Makes it.</summary>
    public async Task<ManagementResult<JsonObject>> MakeAsync(CancellationToken cancellationToken)
    {
        var all = new UsageFilter();
        var sums = await report.SummariseAsync(all, "key,model", null, cancellationToken);
        if (!sums.Succeeded) return sums.Error;
        var days = await report.SummariseAsync(all, null, "day", cancellationToken);
        if (!days.Succeeded) return days.Error;
        var hours = await report.SummariseAsync(all, null, "hour", cancellationToken);
        if (!hours.Succeeded) return hours.Error;
        var details = await report.ListAsync(all, MostDetails, null, cancellationToken);
        if (!details.Succeeded) return details.Error;
        var total = sums.Value.Total;
        var apis = new JsonObject();
        foreach (var row in sums.Value.Rows)
        {
            var api = Place(apis, NameOf(row.Key, row.KeyName), "models");
            Add(api, row);
            var model = Place(api["models"]!.AsObject(), row.Model ?? "", "details");
            Add(model, row);
        }

        // The oldest first, as they came.
        foreach (var entry in details.Value.Entries.Reverse())
            if (apis[NameOf(entry.Key, sums.Value.Rows.FirstOrDefault(row => row.Key == entry.Key)?.KeyName)]?["models"]?[entry.Model]?["details"] is JsonArray list) list.Add((JsonNode)Describe(entry));
        return new JsonObject
        {
            ["total_requests"] = total?.Requests ?? 0,
            ["success_count"] = (total?.Requests ?? 0) - (total?.Errors ?? 0),
            ["failure_count"] = total?.Errors ?? 0,
            ["total_tokens"] = TokensOf(total),
            ["apis"] = apis,
            ["requests_by_day"] = By(days.Value, "yyyy-MM-dd", static row => row.Requests),
            ["requests_by_hour"] = By(hours.Value, "HH", static row => row.Requests),
            ["tokens_by_day"] = By(days.Value, "yyyy-MM-dd", static row => TokensOf(row)),
            ["tokens_by_hour"] = By(hours.Value, "HH", static row => TokensOf(row)),
        };
    }

    /// <summary>The requests that an export tells of.</summary>
    public static IReadOnlyList<PastUsage> Read(JsonObject usage)
    {
        var found = new List<PastUsage>();
        foreach (var (api, group) in usage["apis"] as JsonObject ?? [])
        {
            foreach (var (model, sums) in group?["models"] as JsonObject ?? [])
            {
                foreach (var detail in (sums?["details"] as JsonArray)?.OfType<JsonObject>() ?? [])
                {
                    if (!DateTimeOffset.TryParse(ConfigEdits.TextOf(detail["timestamp"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) continue;
                    var tokens = detail["tokens"] as JsonObject ?? [];
                    found.Add(new PastUsage(api, model, at, ConfigEdits.TextOf(detail["source"]) ?? "", ConfigEdits.TextOf(detail["auth_index"]) ?? "", Number(detail["latency_ms"]), detail["failed"] is JsonValue failed && failed.TryGetValue<bool>(out var isFailed) && isFailed,
                        Number(tokens["input_tokens"]), Number(tokens["output_tokens"]), Number(tokens["reasoning_tokens"]), Number(tokens["cached_tokens"])));
                }
            }
        }

        return found;
    }

    private JsonObject Describe(UsageEntryView entry) => new()
    {
        ["timestamp"] = UsageRecordJson.TimeOf(entry.At),
        ["latency_ms"] = (long)entry.DurationMs,
        ["source"] = accounts.Entries.FirstOrDefault(account => account.Id == entry.Account)?.Label ?? entry.Account,
        ["auth_index"] = entry.Account.Length > 0 ? AuthIndexes.Of(entry.Account) : "",
        ["tokens"] = new JsonObject
        {
            ["input_tokens"] = entry.InputTokens, ["output_tokens"] = entry.OutputTokens, ["reasoning_tokens"] = entry.ReasoningTokens, ["cached_tokens"] = entry.CachedTokens,
            ["total_tokens"] = entry.InputTokens + entry.OutputTokens,
        },
        ["failed"] = entry.Failed,
    };

    /// <summary>A client key's name; what was asked without one is under the word for the open gateway.</summary>
    private static string NameOf(string? id, string? name) => name is { Length: > 0 } ? name : id is { Length: > 0 } ? id : "open";

    private static JsonObject Place(JsonObject map, string name, string inner)
    {
        if (map[name] is JsonObject known) return known;
        var place = new JsonObject { ["total_requests"] = 0L, ["total_tokens"] = 0L, [inner] = inner == "details" ? new JsonArray() : new JsonObject() };
        map[name] = place;
        return place;
    }

    private static void Add(JsonObject place, UsageRowView row)
    {
        place["total_requests"] = Number(place["total_requests"]) + row.Requests;
        place["total_tokens"] = Number(place["total_tokens"]) + TokensOf(row);
    }

    private static JsonObject By(UsageSummaryView sums, string format, Func<UsageRowView, long> count)
        => new(sums.Rows.Where(static row => row.At is not null).GroupBy(row => row.At!.Value.UtcDateTime.ToString(format, CultureInfo.InvariantCulture), StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create<string, JsonNode?>(group.Key, group.Sum(count))));

    private static long TokensOf(UsageRowView? row) => row is null ? 0 : row.InputTokens + row.OutputTokens;

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : node is JsonValue real && real.TryGetValue<double>(out var fraction) ? (long)fraction : 0;
}
