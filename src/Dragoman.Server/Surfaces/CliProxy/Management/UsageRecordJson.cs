using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A record of the usage queue as collectors read it (wire notes cliproxyapi 1.10); the queue's HTTP route and its Redis port write the same.</summary>
internal static class UsageRecordJson
{
    private const int MostError = 2_048;

    /// <summary>The record as JSON. Counts are never null.</summary>
    public static JsonObject Describe(UsageRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var described = new JsonObject
        {
            ["timestamp"] = TimeOf(record.At),
            ["latency_ms"] = (long)record.Duration.TotalMilliseconds,
            ["ttft_ms"] = (long)(record.FirstByte ?? TimeSpan.Zero).TotalMilliseconds,
            ["source"] = record.Account,
            ["auth_index"] = record.AccountId.Length > 0 ? AuthIndexes.Of(record.AccountId) : "",
            ["client_ip"] = record.ClientAddress,
            ["x_forwarded_for"] = record.ForwardedFor,
            ["user_agent"] = record.UserAgent,
            ["tokens"] = new JsonObject
            {
                ["input_tokens"] = record.InputTokens,
                ["output_tokens"] = record.OutputTokens,
                ["reasoning_tokens"] = record.ReasoningTokens,
                ["cached_tokens"] = record.CachedTokens,
                ["cache_read_tokens"] = record.CachedTokens,
                ["cache_read_tokens_present"] = record.CachedTokens > 0,
                ["cache_creation_tokens"] = record.CacheWriteTokens,
                ["total_tokens"] = record.InputTokens + record.OutputTokens,
            },
            ["failed"] = record.Failed,
            ["generate"] = true,
            ["fail"] = new JsonObject { ["status_code"] = record.Failed ? record.Status : 0, ["body"] = record.Failed ? Bounded(record.Error ?? "") : "" },
            ["accounting_version"] = 1,
            ["token_breakdown"] = new JsonObject
            {
                ["input"] = Math.Max(0, record.InputTokens - record.CachedTokens - record.CacheWriteTokens), ["cache_read"] = record.CachedTokens, ["cache_creation"] = record.CacheWriteTokens,
                ["output"] = Math.Max(0, record.OutputTokens - record.ReasoningTokens), ["reasoning"] = record.ReasoningTokens,
            },
            ["provider"] = record.Provider,
            ["executor_type"] = record.Provider,
            ["model"] = record.Model,
            ["alias"] = record.RequestedModel,
            ["endpoint"] = EndpointNames.Of(record.Protocol),
            ["auth_type"] = record.CredentialKind == "oauth" ? "oauth" : record.CredentialKind.Length > 0 ? "apikey" : "",
            // A key's name, and not the key.
            ["api_key"] = record.Key,
            ["request_id"] = record.RequestId,
            ["reasoning_effort"] = record.ReasoningEffort,
            ["service_tier"] = record.ServiceTier,
        };
        // That system leaves it out where nothing was said.
        if (record.AnsweredTier.Length > 0) described["response_service_tier"] = record.AnsweredTier;
        return described;
    }

    /// <summary>A time with its fraction, as Go writes one.</summary>
    public static string TimeOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string Bounded(string text) => text.Length <= MostError ? text : string.Concat(text.AsSpan(0, MostError), "…");
}
