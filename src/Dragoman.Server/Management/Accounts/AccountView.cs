using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;

namespace Dragoman.Server.Management.Accounts;

/// <summary>All accounts.</summary>
/// <param name="Accounts">Those of the configuration file first.</param>
internal sealed record AccountListView(IReadOnlyList<AccountView> Accounts);

/// <summary>An account with all that is known of it, and no secret.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Provider">The provider's id.</param>
/// <param name="Origin">Where it comes from: only accounts of the store can be changed here.</param>
/// <param name="Status"><c>ready</c>, <c>limited</c> (some lanes rest), <c>resting</c> (all of it rests), <c>full</c>, <c>disabled</c>, or <c>problem</c>.</param>
/// <param name="Problem">Why it is not used though it is enabled, and what to do.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Priority">Accounts of higher priority are used up first.</param>
/// <param name="Weight">Its share among equals.</param>
/// <param name="Concurrency">How many requests it may serve at once; absent for no limit.</param>
/// <param name="Tags">Words its owner sorts it by.</param>
/// <param name="Credential">What it proves itself with.</param>
/// <param name="Language">The language its upstream speaks.</param>
/// <param name="BaseUrl">Where its upstream is.</param>
/// <param name="Region">The AWS region.</param>
/// <param name="Prefix">What clients may put before its models.</param>
/// <param name="Proxy">The proxy it goes through, without its password.</param>
/// <param name="Headers">The names of the headers its owner wants on every request.</param>
/// <param name="Models">The models it was configured with; none for the provider's whole catalogue.</param>
/// <param name="ExcludedModels">Models it is not used for.</param>
/// <param name="Lanes">What was learnt of it and its models.</param>
/// <param name="Health">What the running gateway counts.</param>
/// <param name="Version">What a change is made from; absent for accounts of the file.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal sealed record AccountView(
    string Id, string Label, string Provider, AccountOrigin Origin, string Status, string? Problem, bool Enabled, int Priority, int Weight, int? Concurrency,
    IReadOnlyList<string> Tags, CredentialView Credential, string? Language, string? BaseUrl, string? Region, string? Prefix, string? Proxy, IReadOnlyList<string> Headers,
    IReadOnlyList<AccountModelView> Models, IReadOnlyList<string> ExcludedModels, IReadOnlyList<CooldownView> Lanes, AccountHealthView Health, long? Version, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt)
{
    public static AccountView Of(AccountEntry entry, AccountLoadTracker loads, ILookup<string, CooldownReport> lanes, DateTimeOffset now)
    {
        var (account, stored) = (entry.Account, entry.Stored);
        // The same id may stand in both origins: what is learnt belongs to the one that is used.
        var own = entry.Problem is null ? lanes[entry.Id].Select(report => CooldownView.Of(report, now)).ToList() : [];
        var enabled = account?.Enabled ?? stored!.Enabled;
        return new AccountView(
            entry.Id, entry.Label, account?.Provider ?? stored!.Provider, entry.Origin, StatusOf(entry, enabled, own, loads), entry.Problem, enabled,
            account?.Priority ?? stored!.Priority, account?.Weight ?? stored!.Weight, account?.Concurrency ?? stored?.Concurrency, account?.Tags ?? stored!.Tags,
            new CredentialView(KindOf(entry), account?.Credential.Mask ?? stored!.Mask, stored?.ExpiresAt),
            account?.Language.ToString(), account?.BaseUrl, account?.Region, account?.Prefix, MaskedProxy(account?.ProxyUrl), [.. account?.Headers.Keys ?? []],
            [.. account?.Models.Select(model => new AccountModelView(model.Name, model.Alias)) ?? []], account?.ExcludedModels ?? [], own,
            AccountHealthView.Of(loads.Report(entry.Id)), stored?.Version, stored?.CreatedAt, stored?.UpdatedAt);
    }

    private static string StatusOf(AccountEntry entry, bool enabled, List<CooldownView> lanes, AccountLoadTracker loads)
    {
        if (entry.Problem is not null) return "problem";
        if (!enabled) return "disabled";
        if (lanes.Exists(lane => lane is { Model: null, Resting: true })) return "resting";
        if (loads.IsFull(entry.Account!)) return "full";
        return lanes.Exists(lane => lane.Resting) ? "limited" : "ready";
    }

    private static string KindOf(AccountEntry entry) => entry.Stored?.CredentialKind ?? entry.Account!.Credential switch
    {
        ApiKeyCredential => "api-key",
        AwsCredential => "aws",
        _ => "none",
    };

    private static string? MaskedProxy(string? proxy)
        => proxy is not null && Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? $"{uri.Scheme}://…@{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}" : proxy;
}

/// <summary>What an account proves itself with.</summary>
/// <param name="Kind"><c>api-key</c>, <c>aws</c>, <c>oauth</c>, <c>none</c>.</param>
/// <param name="Mask">Enough of it to tell two apart.</param>
/// <param name="ExpiresAt">When its token expires.</param>
internal sealed record CredentialView(string Kind, string Mask, DateTimeOffset? ExpiresAt);

/// <summary>A model of an account.</summary>
/// <param name="Name">The upstream's own id.</param>
/// <param name="Alias">The name clients use.</param>
internal sealed record AccountModelView(string Name, string Alias);

/// <summary>A lane (account × model), or a whole account, as it stands.</summary>
/// <param name="Model">The upstream's model; absent for the account as a whole.</param>
/// <param name="Resting">Whether it rests now: nothing is sent there where the upstream named the time, else it is asked after the others.</param>
/// <param name="Until">Until when it rests.</param>
/// <param name="Reason">Why it rests.</param>
/// <param name="Told">Whether the upstream itself named the time.</param>
/// <param name="Streak">How many faults of the same sort came in a row.</param>
/// <param name="Quotas">What the upstream last said of its quotas.</param>
internal sealed record CooldownView(string? Model, bool Resting, DateTimeOffset? Until, string? Reason, bool Told, int Streak, IReadOnlyList<QuotaView> Quotas)
{
    public static CooldownView Of(CooldownReport report, DateTimeOffset now)
    {
        var rests = report.State.Rests(now);
        return new CooldownView(report.Model, rests, rests ? report.State.Until : null, rests ? RouteErrors.Reason(report.State) : null, rests && report.State.Told, report.State.Streak,
            [.. report.Quotas.Select(quota => new QuotaView(quota.Name, quota.UsedFraction, quota.Limit, quota.Remaining, quota.ResetsAt))]);
    }
}

/// <summary>One quota of an upstream.</summary>
/// <param name="Name">Its name: <c>5h</c>, <c>7d</c>, <c>requests</c>, <c>tokens</c>, …</param>
/// <param name="UsedFraction">How much is used, 0 to 1.</param>
/// <param name="Limit">The whole.</param>
/// <param name="Remaining">What is left.</param>
/// <param name="ResetsAt">When it begins anew.</param>
internal sealed record QuotaView(string Name, double? UsedFraction, long? Limit, long? Remaining, DateTimeOffset? ResetsAt);

/// <summary>What the running gateway counts of an account, since its start.</summary>
/// <param name="Score">0 to 100; absent while nothing is known.</param>
/// <param name="Running">Attempts under way.</param>
/// <param name="Requests">Attempts.</param>
/// <param name="Failures">Attempts that failed through no fault of their requests.</param>
/// <param name="ConsecutiveFailures">Of them, those since the last answer.</param>
/// <param name="LastUsedAt">When it was last used.</param>
/// <param name="LastError">The last failure.</param>
internal sealed record AccountHealthView(double? Score, int Running, long Requests, long Failures, int ConsecutiveFailures, DateTimeOffset? LastUsedAt, LastErrorView? LastError)
{
    public static AccountHealthView Of(AccountLoadReport report) => new(
        report.Health is { } score ? Math.Round(score, 1) : null, report.Running, report.Requests, report.Failures, report.ConsecutiveFailures, report.LastUsed,
        report.LastFault is { } fault ? new LastErrorView(fault.At, JsonNamingPolicy.KebabCaseLower.ConvertName(fault.Class.ToString()), fault.Message) : null);
}

/// <summary>A failure of an account.</summary>
/// <param name="At">When.</param>
/// <param name="Class">What sort: <c>rate-limited</c>, <c>quota-exhausted</c>, <c>transient</c>, …</param>
/// <param name="Message">The upstream's words.</param>
internal sealed record LastErrorView(DateTimeOffset At, string Class, string Message);
