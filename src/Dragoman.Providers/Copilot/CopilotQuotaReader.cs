using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>Asks GitHub for the quotas of a plan (<c>copilot_internal/user</c>, <c>quota_snapshots</c>; wire notes logins-2026-11 §8). Premium requests are counted by the month.</summary>
/// <param name="catalog">Keeps what the list of models says, which is asked for once an hour.</param>
internal sealed class CopilotQuotaReader(CopilotCatalog catalog) : IQuotaReader
{
    /// <summary>The snapshots that requests through the gateway draw on; completions in an editor are none.</summary>
    private static readonly (string Name, string Window)[] Snapshots = [("premium_interactions", "premium"), ("chat", "chat")];

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(vendor);
        if (account.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{CopilotHost.SettingsFor(vendor, login).ApiUrl}/copilot_internal/user");
        request.Headers.TryAddWithoutValidation("Authorization", $"token {CopilotTokens.OfGitHub(login)}");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("X-GitHub-Api-Version", "2022-11-28");
        var (user, problem) = await UsagePage.AskAsync(vendor, request, "GitHub", cancellationToken);
        if (user is null) return problem!;
        using (user)
        {
            await catalog.AskAsync(account, vendor, cancellationToken);
            return Read(user.RootElement);
        }
    }

    private static QuotaReport Read(JsonElement user)
    {
        var windows = new List<QuotaWindow>();
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        DateTimeOffset? reset = VendorJson.Text(user, "quota_reset_date") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
        foreach (var (name, window) in Snapshots)
        {
            if (VendorJson.Object(user, "quota_snapshots") is not { } all || VendorJson.Object(all, name) is not { } snapshot) continue;
            if (snapshot.TryGetProperty("unlimited", out var unlimited) && unlimited.ValueKind == JsonValueKind.True)
            {
                facts[window] = "no limit";
                continue;
            }

            var used = VendorJson.Number(snapshot, "percent_remaining") is { } percent ? Math.Clamp(1 - (percent / 100), 0, 1) : (double?)null;
            windows.Add(new QuotaWindow(window, used, Whole(snapshot, "entitlement"), Whole(snapshot, "remaining"), reset) { Length = reset - reset?.AddMonths(-1) });
            if (snapshot.TryGetProperty("overage_permitted", out var permitted) && permitted.ValueKind is JsonValueKind.True or JsonValueKind.False)
                facts[$"{window} beyond"] = permitted.ValueKind == JsonValueKind.True ? $"is billed; {Whole(snapshot, "overage_count") ?? 0} so far" : "is refused";
        }

        return new QuotaReport { Account = windows, Plan = VendorJson.Text(user, "copilot_plan"), Facts = facts };
    }

    private static long? Whole(JsonElement value, string name) => VendorJson.Number(value, name) is >= 0 and < 1e15 and var number ? (long)number : null;
}
