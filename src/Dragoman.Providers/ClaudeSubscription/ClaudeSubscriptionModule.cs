using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.Claude;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// Claude with a plan (Pro, Max, Team), by signing in. Requests are those of Anthropic's API; who pays, what a refusal means, what is left and what the vendor says about such use differ, so it is a provider of
/// its own beside the one with API keys.
/// </summary>
public static class ClaudeSubscriptionModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "claude-subscription";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Claude (subscription)")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [ClaudeSubscriptionSettings.DefaultBase],
            Protocols = [Protocol.AnthropicMessages],
            Homepage = "https://claude.com/pricing",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Forbidden, "Anthropic's terms (19 February 2026) allow logins with a Claude plan in Claude Code and its own apps only; since 4 April 2026 requests of other programs are paid from extra usage. Use an API key where you can.", AsOf),
        },
        Accounts = ClaudeSubscriptionAccountSchema.Create(),
        Requests = new ClaudeSubscriptionRequests(ClaudeRequests.Create()),
        Authenticator = HeaderKey.Bearer,
        Failures = new ClaudeSubscriptionFailures(),
        Quotas = new ClaudeLimitHeaders(),
        QuotaReader = new ClaudeQuotaReader(),
        Refresher = new ClaudeTokenRefresher(),
        Models = ModelLists.Instance,
        TokenCounts = new TokenCountField("input_tokens"),
        FileType = "claude",
        Logins = [new ClaudeBrowserLogin(), new ClaudeFileLogin(), new ClaudeSetupTokenLogin()],
        Settings = ProviderSettings.From<ClaudeSubscriptionSettings>(AsOf),
        ScopeOf = static _ => ClaudeModelScope.Instance,
        // Whatever address it goes by, a plan's API is Anthropic itself.
        IsVendor = static _ => true,
        WarningsOf = ClaudeLoginAge.WarningsOf,
        TelemetryNameOf = static _ => "anthropic",
    };
}
