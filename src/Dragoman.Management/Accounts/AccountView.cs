using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Accounts;

/// <summary>All accounts.</summary>
/// <param name="Accounts">Those of the configuration file first.</param>
public sealed record AccountListView(IReadOnlyList<AccountView> Accounts);

/// <summary>An account with all that is known of it, and no secret.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Provider">The provider's id.</param>
/// <param name="Origin">Where it comes from: only accounts of the store can be changed here.</param>
/// <param name="Status"><c>ready</c>, <c>degraded</c> (some of its models cool down), <c>cooling-down</c> (the whole account), <c>full</c>, <c>disabled</c>, or <c>problem</c>.</param>
/// <param name="Problem">Why it is not used though it is enabled, and what to do.</param>
/// <param name="Warnings">What its owner should see to although it serves: a login that ends soon.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Priority">Accounts of higher priority are used up first.</param>
/// <param name="Weight">Its share among equals.</param>
/// <param name="Concurrency">How many requests it may serve at once; absent for no limit.</param>
/// <param name="Tags">Words its owner sorts it by.</param>
/// <param name="Credential">Its credential.</param>
/// <param name="Identity">Whose account it is at the vendor; absent where nobody knows it.</param>
/// <param name="Protocol">The protocol its upstream speaks, for example <c>openai-chat</c>.</param>
/// <param name="BaseUrl">Where its upstream is.</param>
/// <param name="Region">The AWS region.</param>
/// <param name="Prefix">What clients may put before its models.</param>
/// <param name="Proxy">The proxy it goes through, without its password.</param>
/// <param name="Headers">The names of the headers its owner wants on every request.</param>
/// <param name="Models">The models it was configured with; none for the provider's whole catalog.</param>
/// <param name="ExcludedModels">Models it is not used for.</param>
/// <param name="Cooldowns">The cooldowns and quotas of the account and its models.</param>
/// <param name="UsagePage">What the vendor's usage page said beside the quotas; absent where there is none.</param>
/// <param name="Health">What the running gateway counts.</param>
/// <param name="Version">What a change is made from; absent for accounts of the file.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Settings">Its settings that are no secrets, under the keys of an entry of the configuration file, as a change takes them; absent for accounts of the file.</param>
public sealed record AccountView(
    string Id, string Label, string Provider, AccountOrigin Origin, string Status, string? Problem, IReadOnlyList<string> Warnings, bool Enabled, int Priority, int Weight, int? Concurrency,
    IReadOnlyList<string> Tags, CredentialView Credential, VendorIdentity? Identity, string? Protocol, string? BaseUrl, string? Region, string? Prefix, string? Proxy, IReadOnlyList<string> Headers,
    IReadOnlyList<AccountModelView> Models, IReadOnlyList<string> ExcludedModels, IReadOnlyList<CooldownView> Cooldowns, QuotaPageView? UsagePage, AccountHealthView Health, long? Version, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt, JsonObject? Settings)
{
    /// <summary>The problem as a code: <c>sign_in</c>, <c>sign_in_because</c>, <c>sign_in_interrupted</c>, <c>same_as</c>, <c>same_as_in_file</c>, <c>settings</c>, <c>secret_unreadable</c> or <c>other</c>; absent where there is none.</summary>
    public string? ProblemCode { get; init; }

    /// <summary>What the problem says besides: <c>reason</c>, <c>account</c>, <c>faults</c>; absent where there is none.</summary>
    public IReadOnlyDictionary<string, string>? ProblemValues { get; init; }

    /// <summary>The same as <see cref="Warnings"/>, each with its code and what it names.</summary>
    public IReadOnlyList<CodedText> Notices { get; init; } = [];

    internal static AccountView From(AccountEntry entry, AccountLoadTracker loads, ILookup<string, CooldownReport> cooldowns, QuotaBook quotas, ProviderRegistry providers, DateTimeOffset now)
    {
        var (account, stored) = (entry.Account, entry.Stored);
        // The same id may stand in both origins: what is learnt belongs to the one that is used.
        var own = entry.Problem is null ? cooldowns[entry.Id].Select(report => CooldownView.From(report, now)).ToList() : [];
        var notices = NoticesOf(account, providers, now);
        var enabled = account?.Enabled ?? stored!.Enabled;
        return new AccountView(
            entry.Id, entry.Label, account?.Provider ?? stored!.Provider, entry.Origin, StatusOf(entry, enabled, own, loads), entry.Problem?.Text, [.. notices.Select(static notice => notice.Text)], enabled,
            account?.Priority ?? stored!.Priority, account?.Weight ?? stored!.Weight, account?.Concurrency ?? stored?.Concurrency, account?.Tags ?? stored!.Tags,
            new CredentialView(KindOf(entry), account?.Credential.Mask ?? stored!.Mask, stored?.ExpiresAt), account is null ? null : VendorIdentity.From(account),
            account is null ? null : ProtocolRegistry.Traits(account.Protocol).Name, account?.BaseUrl, account?.Region, account?.Prefix, MaskedProxy(account?.ProxyUrl), [.. account?.Headers.Keys ?? []],
            [.. account?.Models.Select(model => new AccountModelView(model.Name, model.Alias)) ?? []], account?.ExcludedModels ?? [], own, QuotaPageView.From(quotas.Find(entry.Id)),
            AccountHealthView.From(loads.Report(entry.Id)), stored?.Version, stored?.CreatedAt, stored?.UpdatedAt, stored is null ? null : SettingsOf(stored))
        {
            ProblemCode = entry.Problem?.Code, ProblemValues = entry.Problem?.Values, Notices = notices,
        };
    }

    /// <summary>The store keeps apart what may be a secret (headers, a proxy with its password); what is left may be shown.</summary>
    private static JsonObject SettingsOf(StoredAccount stored)
    {
        try
        {
            return JsonNode.Parse(stored.Settings) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string StatusOf(AccountEntry entry, bool enabled, List<CooldownView> cooldowns, AccountLoadTracker loads)
    {
        if (entry.Problem is not null) return "problem";
        if (!enabled) return "disabled";
        if (cooldowns.Exists(cooldown => cooldown is { Model: null, CoolingDown: true })) return "cooling-down";
        if (loads.IsFull(entry.Account!)) return "full";
        return cooldowns.Exists(cooldown => cooldown.CoolingDown) ? "degraded" : "ready";
    }

    private static IReadOnlyList<CodedText> NoticesOf(Account? account, ProviderRegistry providers, DateTimeOffset now)
        => account is not null && providers.TryGet(account.Provider, out var provider) ? provider.WarningsOf(account, now) : [];

    private static string KindOf(AccountEntry entry) => entry.Stored?.CredentialKind ?? entry.Account!.Credential.Kind;

    private static string? MaskedProxy(string? proxy)
        => proxy is not null && Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? $"{uri.Scheme}://…@{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}" : proxy;
}

/// <summary>The credential of an account.</summary>
/// <param name="Kind"><c>api-key</c>, <c>aws</c>, <c>oauth</c>, <c>none</c>.</param>
/// <param name="Mask">Enough of it to tell two apart.</param>
/// <param name="ExpiresAt">When its token expires.</param>
public sealed record CredentialView(string Kind, string Mask, DateTimeOffset? ExpiresAt);

/// <summary>A model of an account.</summary>
/// <param name="Name">The upstream's own id.</param>
/// <param name="Alias">The name clients use.</param>
public sealed record AccountModelView(string Name, string Alias);

/// <summary>The cooldown and quotas of one of an account's models, or of the whole account.</summary>
/// <param name="Model">The upstream's model; absent for the account as a whole.</param>
/// <param name="CoolingDown">Whether it is cooling down now: where the upstream stated the time nothing is sent there, otherwise it is tried after the others.</param>
/// <param name="Until">When the cooldown ends.</param>
/// <param name="Reason">Why it is cooling down.</param>
/// <param name="IsUpstreamHint">Whether the upstream stated the time itself.</param>
/// <param name="Failures">How many failures of the same class came in a row.</param>
/// <param name="Quotas">The quotas the upstream reported last.</param>
public sealed record CooldownView(string? Model, bool CoolingDown, DateTimeOffset? Until, string? Reason, bool IsUpstreamHint, int Failures, IReadOnlyList<QuotaView> Quotas)
{
    /// <summary>The reason as a code: <c>rate_limited</c>, <c>quota_exhausted</c>, <c>capacity</c>, <c>transient</c>, <c>upstream_bug</c>, <c>auth_expired</c>, <c>auth_dead</c>, <c>forbidden</c>, <c>gone</c>; absent when it is not cooling down.</summary>
    public string? ReasonCode { get; init; }

    internal static CooldownView From(CooldownReport report, DateTimeOffset now)
    {
        var isCoolingDown = report.State.IsCoolingDown(now);
        return new CooldownView(report.Model, isCoolingDown, isCoolingDown ? report.State.Until : null, isCoolingDown ? RouteErrors.Reason(report.State) : null, isCoolingDown && report.State.IsUpstreamHint, report.State.ConsecutiveFailures,
            [.. report.Quotas.Select(quota => new QuotaView(quota.Name, quota.UsedFraction, quota.Limit, quota.Remaining, quota.ResetsAt, quota.SeenAt, report.ExhaustedAt.TryGetValue(quota.Name, out var end) ? end : null))])
        {
            ReasonCode = isCoolingDown ? RouteReasons.CauseOf(report.State.Cause) : null,
        };
    }
}

/// <summary>One quota of an upstream.</summary>
/// <param name="Name">Its name: <c>5h</c>, <c>7d</c>, <c>requests</c>, <c>tokens</c>, …</param>
/// <param name="UsedFraction">How much is used, 0 to 1.</param>
/// <param name="Limit">The whole.</param>
/// <param name="Remaining">The amount left.</param>
/// <param name="ResetsAt">When it resets.</param>
/// <param name="SeenAt">When the upstream said so.</param>
/// <param name="ExhaustedAt">When it is used up at the pace of the last half hour; absent where it resets before, or too little is known.</param>
public sealed record QuotaView(string Name, double? UsedFraction, long? Limit, long? Remaining, DateTimeOffset? ResetsAt, DateTimeOffset? SeenAt, DateTimeOffset? ExhaustedAt);

/// <summary>What the running gateway counts of an account, since its start.</summary>
/// <param name="Score">0 to 100; absent while nothing is known.</param>
/// <param name="Running">Attempts under way.</param>
/// <param name="Requests">Attempts.</param>
/// <param name="Failures">Attempts that failed through no fault of their requests.</param>
/// <param name="ConsecutiveFailures">Of them, those since the last answer.</param>
/// <param name="LastUsedAt">When it was last used.</param>
/// <param name="LastError">The last failure.</param>
public sealed record AccountHealthView(double? Score, int Running, long Requests, long Failures, int ConsecutiveFailures, DateTimeOffset? LastUsedAt, LastErrorView? LastError)
{
    internal static AccountHealthView From(AccountLoadReport report) => new(
        report.Health is { } score ? Math.Round(score, 1) : null, report.Running, report.Requests, report.Failures, report.ConsecutiveFailures, report.LastUsed,
        report.LastFault is { } fault ? new LastErrorView(fault.At, JsonNamingPolicy.KebabCaseLower.ConvertName(fault.Class.ToString()), fault.Message) : null);
}

/// <summary>A failure of an account.</summary>
/// <param name="At">When.</param>
/// <param name="Class">The class: <c>rate-limited</c>, <c>quota-exhausted</c>, <c>transient</c>, …</param>
/// <param name="Message">The upstream's message.</param>
public sealed record LastErrorView(DateTimeOffset At, string Class, string Message);
