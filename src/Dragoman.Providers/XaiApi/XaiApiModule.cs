using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.XaiApi;

/// <summary>Grok by OpenAI's Responses with an API key of xAI. Plans, with a login, are the neighbour <c>Xai</c>.</summary>
public static class XaiApiModule
{
    private const string Id = "xai-api";
    private const string DefaultBase = "https://api.x.ai/v1";

    private static readonly ModelScope Scope = new VendorModelScope("xai", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "xAI API")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://console.x.ai", BaseUrls = [DefaultBase], Protocols = [Protocol.OpenAiResponses], Homepage = "https://x.ai/api", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new KeyedAccountSchema(Id, "xai-api-key", Protocol.OpenAiResponses, DefaultBase, "/responses", "/chat/completions"),
        // Tokens are estimated: xAI has no operation that counts them in this protocol.
        Requests = new JsonRequests(static call => call.Operation == UpstreamOperation.CountTokens ? null : OpenAiPaths.Find(call)),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "x_ai",
    };
}
