using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary>Accounts as the admin API calls and shows them: credentials, by numbers (wire note A.11).</summary>
internal sealed class AdminCredentials(KiroAccounts accounts, AccountCredentials credentials, ImportedLogins imported, AdminIds ids, TimeProvider time)
{
    private const string Kind = "admin-credentials";

    /// <summary>The numbers of all accounts.</summary>
    public Task<IReadOnlyDictionary<string, int>> NumbersAsync(CancellationToken cancellationToken) => ids.NumbersAsync(Kind, accounts.All().Select(static account => account.Id), cancellationToken);

    /// <summary>The account of a number; null where there is none.</summary>
    public async Task<AccountView?> FindAsync(string number, CancellationToken cancellationToken)
        => AdminIds.Find(await NumbersAsync(cancellationToken), number) is { } id ? accounts.All().FirstOrDefault(account => account.Id == id) : null;

    /// <summary>An account as that system shows it elsewhere on this surface.</summary>
    public KiroAccountShape ShapeOf(AccountView account) => new(account, credentials.Describe(account.Id), time.GetUtcNow());

    /// <summary>All of them.</summary>
    public async Task<JsonObject> ListAsync(CancellationToken cancellationToken)
    {
        var numbers = await NumbersAsync(cancellationToken);
        var digests = await imported.ListAsync(cancellationToken);
        var byAccount = digests.Succeeded ? digests.Value.Imports.Where(static item => item.Provider == KiroAccounts.Provider).ToLookup(static item => item.AccountId) : Array.Empty<ImportedLoginView>().ToLookup(static item => item.AccountId);
        var shapes = accounts.All().Select(ShapeOf).ToList();
        var current = shapes.Where(static shape => shape.IsAvailable).OrderByDescending(static shape => shape.Account.Health.LastUsedAt).ThenByDescending(static shape => shape.Account.Priority).FirstOrDefault();
        return new JsonObject
        {
            ["total"] = shapes.Count,
            ["available"] = shapes.Count(static shape => shape.Account.Enabled && shape.Account.Problem is null),
            ["currentId"] = current is null ? 0 : numbers[current.Account.Id],
            ["credentials"] = new JsonArray([.. shapes.Select(shape => (JsonNode)Item(shape, numbers[shape.Account.Id], shape == current, byAccount[shape.Account.Id].FirstOrDefault()?.Digest))]),
        };
    }

    private static JsonObject Item(KiroAccountShape shape, int number, bool isCurrent, string? digest)
    {
        var account = shape.Account;
        var isKey = shape.AuthMethod == "api_key";
        var item = new JsonObject
        {
            ["id"] = number,
            ["priority"] = PriorityOf(account.Priority),
            ["disabled"] = !account.Enabled || account.Problem is not null,
            ["failureCount"] = account.Health.ConsecutiveFailures,
            ["totalFailureCount"] = account.Health.Failures,
            ["isCurrent"] = isCurrent,
            ["expiresAt"] = KiroAnswers.Iso(shape.Credential?.ExpiresAt),
            ["authMethod"] = shape.AuthMethod,
            ["hasProfileArn"] = shape.Credential?.Facts.ContainsKey("profile-arn") ?? false,
            ["refreshTokenHash"] = isKey ? null : digest,
            ["apiKeyHash"] = isKey ? digest : null,
            ["maskedApiKey"] = isKey ? account.Credential.Mask : null,
            ["email"] = account.Label.Contains('@', StringComparison.Ordinal) ? account.Label : null,
            ["name"] = account.Label,
            ["successCount"] = Math.Max(0, account.Health.Requests - account.Health.Failures),
            ["lastUsedAt"] = KiroAnswers.Iso(account.Health.LastUsedAt),
            ["hasProxy"] = account.Proxy is not null,
            ["refreshFailureCount"] = account.Problem is null ? 0 : 1,
            ["throttledRemainingSecs"] = shape.CooldownSeconds ?? 0,
            ["maxConcurrency"] = account.Concurrency,
            ["endpoint"] = "ide",
            ["groups"] = new JsonArray([.. account.Tags.Select(static tag => (JsonNode)tag)]),
        };
        if (account.Proxy is not null) item["proxyUrl"] = account.Proxy;
        if (!account.Enabled) item["disabledReason"] = "Manual";
        if (account.Problem is { } problem) item["disabledReason"] = problem;
        if (account.UsagePage is { } page && page.Facts.ContainsKey("limit"))
        {
            item["balance"] = Balance(account, page, number);
            item["balanceUpdatedAt"] = KiroAnswers.Seconds(page.AnsweredAt ?? page.AskedAt);
        }

        return item;
    }

    /// <summary>What is left of a plan.</summary>
    public static JsonObject Balance(AccountView account, QuotaPageView page, int number)
    {
        var usage = KiroToolRoutes.Usage(page);
        var (limit, used) = (usage["usage_limit"]!.GetValue<double>(), usage["current_usage"]!.GetValue<double>());
        var balance = new JsonObject
        {
            ["id"] = number,
            ["subscriptionTitle"] = page.Plan,
            ["currentUsage"] = used,
            ["usageLimit"] = limit,
            ["remaining"] = Math.Max(0, limit - used),
            ["usagePercentage"] = limit > 0 ? Math.Round(100 * used / limit, 2) : 0.0,
            ["nextResetAt"] = account.Cooldowns.SelectMany(static cooldown => cooldown.Quotas).Select(static quota => quota.ResetsAt).FirstOrDefault(static at => at is not null) is { } at ? KiroAnswers.Seconds(at) : null,
        };
        if (page.Facts.TryGetValue("overage", out var overage)) balance["overageEnabled"] = overage.StartsWith("on", StringComparison.Ordinal);
        return balance;
    }

    /// <summary>A priority there for one here, and the other way round: there the smaller number comes first.</summary>
    public static int PriorityOf(int priority) => priority == int.MinValue ? int.MaxValue : -priority;
}
