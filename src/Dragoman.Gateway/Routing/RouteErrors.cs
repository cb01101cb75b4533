using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Routing;

/// <summary>The error a client gets when nobody can answer, and why targets cool down.</summary>
public static class RouteErrors
{
    /// <summary>The error for a request without candidates.</summary>
    internal static WireError For(RouteRequest request, ModelResolution resolution, RoutePlanBuilder draft, DateTimeOffset now)
    {
        var requested = request.Model;
        if (request.Pin is { Force: false } pin) return ForPinned(pin, request, resolution, draft);
        if (draft.Full is { } full) return Busy(requested, full, draft.CoolingDown, now);
        if (draft.CoolingDown is not { } coolingDown)
        {
            if (draft.Reserved is { } reserved) return Reserved(requested, reserved, now);
            if (draft.NotPermitted is { } notPermitted) return NotAllowed(requested, notPermitted);
            return ProtocolRegistry.Traits(request.Source).ForClients(request.Pin is not null ? NotServed(requested) : resolution.Excluded.Count > 0 ? LeftOut(requested, resolution) : resolution.Unusable is var (account, problem) ? AccountErrors.NeedsSignIn(account, problem, Shown(requested)) : Unknown(requested, resolution));
        }

        return Limited($"All accounts for model '{Shown(requested)}' are cooling down", [.. coolingDown.Select(item => item.State.Cause)],
            coolingDown.Select(item => item.Reason), coolingDown.Min(item => item.State.Until) - now);
    }

    /// <summary>The error for a request that one account alone may answer, which does not: why it cannot be asked, or that it does not serve the model.</summary>
    private static WireError ForPinned(AccountPin pin, RouteRequest request, ModelResolution resolution, RoutePlanBuilder draft)
    {
        if (draft.Exclusions().FirstOrDefault(exclusion => pin.Matches(exclusion.Account)) is { } excluded)
            return new WireError(ErrorKind.Unavailable, $"The account '{pin.Account}' cannot be used for '{request.Model}' now: {excluded.Reason}.") { Code = "account_unavailable" };
        if (resolution.Tiers.Count == 0 && resolution.Excluded.Count == 0) return ProtocolRegistry.Traits(request.Source).ForClients(Unknown(request.Model, resolution));
        return new WireError(ErrorKind.NotFound, $"There is no account '{pin.Account}' that serves '{request.Model}'.") { Code = "account_not_found" };
    }

    /// <summary>
    /// The limits that accounts were left out for, where that says more than what the others answered: those that were asked cannot answer, these
    /// can when they are back. Null when nobody was left out for a limit.
    /// </summary>
    public static WireError? Limits(RoutePlan plan, DateTimeOffset now)
    {
        if (plan.BackAt is not { } back) return null;
        var limits = plan.Excluded.Where(item => item.Limit is not null).ToList();
        return Limited($"Every account for model '{Shown(plan.RequestedModel)}' that could answer is cooling down", [.. limits.Select(item => item.Limit!.Value)],
            limits.Select(item => item.Reason), back - now);
    }

    private static WireError Limited(string what, List<FailureClass> causes, IEnumerable<string> reasons, TimeSpan wait)
    {
        wait = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds)));
        var limited = causes.Exists(cause => cause is FailureClass.RateLimited or FailureClass.QuotaExhausted);
        return new WireError(limited ? ErrorKind.RateLimit : ErrorKind.Unavailable,
            $"{what} ({string.Join("; ", reasons.Distinct().Take(3))}). The first is back in {DurationText.Format(wait)}.")
        {
            Status = limited ? 429 : 503, Code = "model_cooldown", RetryAfter = wait,
        };
    }

    /// <summary>Why a target cools down, for people.</summary>
    public static string Reason(CooldownState state) => state.Cause switch
    {
        FailureClass.RateLimited => state.IsUpstreamHint ? "rate limited, as the upstream said" : "rate limited",
        FailureClass.QuotaExhausted => state.IsUpstreamHint ? "quota used up until the upstream's reset" : "quota used up",
        FailureClass.Capacity => "the upstream is overloaded",
        FailureClass.Transient => "the upstream failed a moment ago",
        FailureClass.UpstreamBug => "the upstream broke its own protocol",
        FailureClass.AuthExpired => "the token has expired",
        FailureClass.AuthDead => "the credential was refused",
        FailureClass.Forbidden => "the credential may not use this model",
        FailureClass.Gone => "the upstream does not have this model",
        _ => "cooling down",
    };

    /// <summary>When the first of those whose upstream stated a limit is back; null when there are none.</summary>
    internal static DateTimeOffset? BackAt(List<CoolingDownTarget>? coolingDown)
    {
        DateTimeOffset? first = null;
        foreach (var item in coolingDown ?? [])
            if (!(item.State.Until >= first)) first = item.State.Until;
        return first;
    }

    private static WireError Busy(string requested, List<ModelTarget> full, List<CoolingDownTarget>? coolingDown, DateTimeOffset now)
    {
        // A place is free when any of the requests under way ends: nobody knows when, but soon.
        var wait = BackAt(coolingDown) is { } back && back - now < TimeSpan.FromSeconds(1) ? back - now : TimeSpan.FromSeconds(1);
        return new WireError(ErrorKind.RateLimit,
            $"Every account for model '{Shown(requested)}' that could answer serves as many requests at once as it may ({string.Join(", ", full.Select(offer => $"{offer.Account.Label}: {offer.Account.Concurrency}").Distinct().Take(3))}). Try again shortly, or raise 'concurrency'.")
        {
            Status = 429, Code = "account_concurrency", RetryAfter = wait,
        };
    }

    private static WireError Reserved(string requested, List<(ModelTarget Offer, double Left, DateTimeOffset? ResetsAt)> reserved, DateTimeOffset now)
    {
        var reset = reserved.Min(item => item.ResetsAt);
        var wait = reset is { } at && at > now ? at - now : TimeSpan.FromMinutes(5);
        return new WireError(ErrorKind.RateLimit, $"What is left of the quota for model '{Shown(requested)}' is {(reserved.Exists(static item => item.Offer.Account.Reserve is { Keys.Count: > 0 }) ? "kept for other keys" : "not to be used")} ({string.Join(", ", reserved.Select(item => item.Offer.Account.Label).Distinct().Take(3))}).")
        {
            Status = 429, Code = "quota_reserved", RetryAfter = TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)),
        };
    }

    private static WireError NotAllowed(string requested, List<ModelTarget> notPermitted)
        => new(ErrorKind.Permission, $"Your key may not use the providers that serve '{Shown(requested)}' ({string.Join(", ", notPermitted.Select(offer => offer.Account.Provider).Distinct().Take(5))}).") { Code = "provider_not_allowed" };

    private static WireError NotServed(string requested)
        => new(ErrorKind.NotFound, $"The account does not serve the model '{Shown(requested)}', or is disabled.") { Code = "model_not_found", Param = "model" };

    private static WireError Unknown(string requested, ModelResolution resolution)
    {
        var near = resolution.Nearest.Count > 0 ? $" Did you mean {string.Join(" or ", resolution.Nearest)}?" : " The list of models (/v1/models) shows what is served.";
        return new WireError(ErrorKind.NotFound, $"The model '{Shown(requested)}' does not exist here, or no account serves it.{near}") { Code = "model_not_found", Param = "model" };
    }

    private static WireError LeftOut(string requested, ModelResolution resolution)
        => resolution.Excluded.Any(item => !item.Account.Enabled)
            ? new WireError(ErrorKind.NeedsOwner, $"Every account that serves '{Shown(requested)}' is disabled; its owner can enable it.") { Code = "auth_unavailable" }
            : new WireError(ErrorKind.NotFound, $"The model '{Shown(requested)}' is excluded by the gateway's configuration.") { Code = "model_not_found", Param = "model" };

    /// <summary>A client's own words are given back, but not at any length.</summary>
    private static string Shown(string name) => name.Length > 200 ? name[..200] + "…" : name;
}
