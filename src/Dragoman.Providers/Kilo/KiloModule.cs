using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kilo;

/// <summary>Kilo's gateway: many vendors' models by Chat Completions, with an API key (wire notes codex-and-antigravity, section A.18).</summary>
public static class KiloModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "kilo";

    private const string DefaultBase = "https://api.kilo.ai/api/gateway";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Kilo")
        {
            Kind = ProviderKind.ApiKey,
            BaseUrls = [DefaultBase],
            Protocols = [Protocol.OpenAiChat],
            Homepage = "https://kilo.ai",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Allowed, "Kilo documents its gateway as an API for programs of any maker, with keys that its owner makes and revokes.", new DateOnly(2026, 11, 30)),
        },
        Accounts = new KeyedAccountSchema(Id, "kilo-api-key", Protocol.OpenAiChat, DefaultBase, "/chat/completions"),
        Requests = new JsonRequests(OpenAiPaths.Find),
        Authenticator = HeaderKey.Bearer,
        Failures = new KiloFailures(),
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
    };
}
