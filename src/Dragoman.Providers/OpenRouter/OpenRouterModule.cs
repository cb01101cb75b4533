using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenRouter;

/// <summary>OpenRouter: many vendors' models by Chat Completions, with an API key that is entered or made by signing in.</summary>
public static class OpenRouterModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "openrouter";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "OpenRouter")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://openrouter.ai/settings/keys",
            BaseUrls = [OpenRouterSettings.DefaultBase],
            Protocols = [Protocol.OpenAiChat],
            Homepage = "https://openrouter.ai",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Allowed, "OpenRouter documents signing in from programs of any maker (OAuth PKCE); the key that comes back is the program's own and can be revoked by itself.", new DateOnly(2026, 11, 29)),
        },
        Accounts = new OpenRouterAccountSchema(),
        Requests = new JsonRequests(OpenAiPaths.Find),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        QuotaReader = new OpenRouterQuotaReader(),
        Models = ModelLists.Instance,
        Logins = [new OpenRouterLogin()],
        Settings = ProviderSettings.From<OpenRouterSettings>(new DateOnly(2026, 11, 29)),
    };
}
