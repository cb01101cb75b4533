using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Flows;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/traces</c>: recorded requests with their attempts (surface-clients §4), out of the newest that this surface shows.</summary>
internal sealed class AdminTraceRoutes(KiroFlows flows, AdminCredentials credentials, AdminIds ids) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/traces", "Recorded requests with their attempts, newest first.", ListAsync);
        routes.Get("/api/admin/traces/failure-stats", "How often each account failed, by kind.", FailuresAsync);
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var newest = await flows.NewestAsync(call.CancellationToken);
        if (!newest.Succeeded) return AdminAnswers.From(newest.Error);
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        var keys = await ids.NumbersAsync(AdminKeyRoutes.Kind, newest.Value.Select(static flow => flow.KeyId).Where(static id => id.Length > 0).Distinct(), call.CancellationToken);
        var (limit, offset) = (Math.Clamp(Integer("limit") ?? 50, 1, KiroFlows.Ring), Math.Max(0, Integer("offset") ?? 0));
        var (status, errorType, model) = (call.Query("status"), call.Query("errorType"), call.Query("model"));
        var (account, failed) = (Integer("credentialId"), Integer("failedAttemptCredentialId"));
        var found = newest.Value.Where(flow =>
            (status is not { Length: > 0 } || StatusOf(flow) == status)
            && (errorType is not { Length: > 0 } || KindOf(flow) == errorType)
            && (model is not { Length: > 0 } || flow.RequestedModel == model || flow.Model == model)
            && (account is null || numbers.GetValueOrDefault(flow.AccountId) == account)
            && (failed is null || flow.Attempts.Any(attempt => numbers.GetValueOrDefault(attempt.AccountId) == failed && !IsSuccess(attempt)))
            && (call.Query("onlyFailed") is not ("true" or "1") || KiroFlowShape.IsError(flow))).ToList();
        return SurfaceAnswer.Json(new JsonObject { ["records"] = new JsonArray([.. found.Skip(offset).Take(limit).Select(flow => (JsonNode)Record(flow, numbers, keys))]), ["total"] = found.Count });

        int? Integer(string name) => int.TryParse(call.Query(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private async Task<SurfaceAnswer> FailuresAsync(SurfaceCall call)
    {
        var newest = await flows.NewestAsync(call.CancellationToken);
        if (!newest.Succeeded) return AdminAnswers.From(newest.Error);
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        var failures = new JsonObject();
        foreach (var account in newest.Value.SelectMany(static flow => flow.Attempts).Where(static attempt => !IsSuccess(attempt)).GroupBy(attempt => numbers.GetValueOrDefault(attempt.AccountId)).Where(static group => group.Key > 0))
        {
            var kinds = account.Select(static attempt => OutcomeOf(attempt)).ToList();
            failures[account.Key.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["auth"] = kinds.Count(static kind => kind == "auth_failed"), ["throttle"] = kinds.Count(static kind => kind is "account_throttled" or "quota_exhausted"), ["other"] = kinds.Count(static kind => kind is not ("auth_failed" or "account_throttled" or "quota_exhausted")),
            };
        }

        return SurfaceAnswer.Json(failures);
    }

    private static JsonObject Record(FlowView flow, IReadOnlyDictionary<string, int> numbers, IReadOnlyDictionary<string, int> keys) => new()
    {
        ["traceId"] = flow.Id,
        ["ts"] = KiroAnswers.Iso(flow.StartedAt),
        ["keyId"] = keys.GetValueOrDefault(flow.KeyId),
        ["keyName"] = flow.Key,
        ["model"] = flow.RequestedModel,
        ["isStream"] = flow.Stream,
        ["finalStatus"] = StatusOf(flow),
        ["finalCredentialId"] = numbers.GetValueOrDefault(flow.AccountId),
        ["finalEmail"] = flow.Account.Length == 0 ? null : flow.Account,
        ["errorType"] = KiroFlowShape.IsError(flow) ? KindOf(flow) : null,
        ["errorMessage"] = flow.Error,
        ["totalAttempts"] = flow.Attempts.Count,
        ["durationMs"] = flow.DurationMs,
        ["interruptedAfterBytes"] = null,
        ["attempts"] = new JsonArray([.. flow.Attempts.Select((attempt, index) => (JsonNode)new JsonObject
        {
            ["attempt"] = index + 1,
            ["credentialId"] = numbers.GetValueOrDefault(attempt.AccountId),
            ["email"] = attempt.Account,
            ["endpoint"] = "ide",
            ["httpStatus"] = HttpStatusOf(flow, attempt),
            ["outcome"] = OutcomeOf(attempt),
            ["errorSnippet"] = IsSuccess(attempt) ? null : attempt.Outcome,
            ["durationMs"] = attempt.DurationMs,
        })]),
    };

    private static string StatusOf(FlowView flow) => flow.ClientLeft ? "interrupted" : KiroFlowShape.IsError(flow) ? "error" : "success";

    private static string KindOf(FlowView flow) => flow.Attempts.Count > 0 && !IsSuccess(flow.Attempts[^1]) ? OutcomeOf(flow.Attempts[^1]) : flow.Status switch { 400 or 404 => "bad_request", 401 or 403 => "auth_failed", 429 => "account_throttled", _ => "unknown" };

    private static bool IsSuccess(FlowAttemptView attempt) => OutcomeOf(attempt) == "success";

    /// <summary>That system's word for what came of an attempt; the gateway's begins with the class of the failure.</summary>
    private static string OutcomeOf(FlowAttemptView attempt) => attempt.Outcome.Split(':')[0] switch
    {
        "answered" => "success",
        "QuotaExhausted" => "quota_exhausted",
        "RateLimited" or "Capacity" => "account_throttled",
        "AuthExpired" or "AuthDead" or "Forbidden" => "auth_failed",
        "Transient" or "UpstreamBug" => "transient",
        "InvalidRequest" or "ContextTooLong" or "ContentFiltered" or "Unsupported" => "bad_request",
        _ => "unknown",
    };

    /// <summary>The status that the upstream answered with; null where it did not answer.</summary>
    private static int? HttpStatusOf(FlowView flow, FlowAttemptView attempt)
    {
        if (IsSuccess(attempt)) return flow.Status;
        var words = attempt.Outcome.Split(' ', 3);
        return words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;
    }
}
