using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Codex;

/// <summary>OpenAI's models by Responses with an API key, as the Codex programs use them. Plans of ChatGPT, with a login, are the neighbour <c>ChatGpt</c>.</summary>
public static class CodexModule
{
    private const string Id = "codex";

    private static readonly ModelScope Scope = new VendorModelScope("openai", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "OpenAI Codex")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://platform.openai.com/api-keys",
            BaseUrls = [OpenAiPaths.DefaultBase], Protocols = [Protocol.OpenAiResponses], Homepage = "https://platform.openai.com", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new KeyedAccountSchema(Id, "codex-api-key", Protocol.OpenAiResponses, OpenAiPaths.DefaultBase, "/responses"),
        Requests = new JsonRequests(OpenAiPaths.Find),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        TokenCounts = new TokenCountField("input_tokens"),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "openai",
    };
}
