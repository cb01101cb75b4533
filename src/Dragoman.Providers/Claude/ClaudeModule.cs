using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Claude;

/// <summary>Anthropic's API and everything compatible with it. The account's address stands before <c>/v1/messages</c>.</summary>
public static class ClaudeModule
{
    private const string Id = "claude";

    private const string DefaultBase = "https://api.anthropic.com";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Anthropic")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://platform.claude.com/settings/keys",
            BaseUrls = [DefaultBase], Protocols = [Protocol.AnthropicMessages], Homepage = "https://www.anthropic.com/api", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new KeyedAccountSchema(Id, "claude-api-key", Protocol.AnthropicMessages, DefaultBase, "/v1/messages", "/v1"),
        Requests = ClaudeRequests.Create(),
        Authenticator = new ClaudeAuthenticator(),
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        TokenCounts = new TokenCountField("input_tokens"),
        ScopeOf = static _ => ClaudeModelScope.Instance,
        IsVendor = IsAnthropic,
        TelemetryNameOf = static _ => "anthropic",
    };

    private static bool IsAnthropic(Account account)
        => Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var address) && (address.Host == "anthropic.com" || address.Host.EndsWith(".anthropic.com", StringComparison.Ordinal));
}
