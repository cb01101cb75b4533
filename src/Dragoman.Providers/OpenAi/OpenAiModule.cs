using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenAi;

/// <summary>OpenAI and everything compatible with it, by Chat Completions or by Responses as the account says.</summary>
public static class OpenAiModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "openai";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "OpenAI and compatible")
        {
            Kind = ProviderKind.Custom,
            BaseUrls = [OpenAiPaths.DefaultBase], Protocols = [Protocol.OpenAiChat, Protocol.OpenAiResponses], Homepage = "https://platform.openai.com", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new CompatibleAccountSchema(),
        Requests = new JsonRequests(OpenAiPaths.Find),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        TokenCounts = new TokenCountField("input_tokens"),
        ScopeOf = KnownHosts.ScopeOf,
        TelemetryNameOf = KnownHosts.TelemetryNameOf,
    };
}
