using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>
/// A vendor that there is not: it speaks Chat Completions in an envelope of its own, as Google's Code Assist does with Gemini's protocol. docs/reference/adding-a-provider.md
/// walks through this folder.
/// </summary>
internal static class ParrotModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "parrot";

    /// <summary>The vendor's address.</summary>
    public const string DefaultBase = "https://parrot.invalid/v2";

    private static readonly ModelScope Scope = new ParrotModelScope();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Parrot")
        {
            Kind = ProviderKind.ApiKey,
            BaseUrls = [DefaultBase],
            Protocols = [Protocol.OpenAiChat],
            Homepage = "https://parrot.invalid",
            ThirdPartyUse = new ThirdPartyUse(ThirdPartyPosition.Tolerated, "Parrots repeat whatever anybody says.", new DateOnly(2026, 11, 29)),
        },
        Accounts = new ParrotAccountSchema(),
        Requests = new JsonRequests(static call => call.Operation switch
        {
            UpstreamOperation.Generate => call.Stream ? "/repeat?stream=1" : "/repeat",
            UpstreamOperation.ListModels => "/phrases",
            _ => null,
        }),
        Authenticator = new HeaderKey("x-parrot-key"),
        Failures = new ParrotFailures(),
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        Envelope = new ParrotEnvelope(),
        ScopeOf = static _ => Scope,
    };

    /// <summary>The models that accounts serve where none are configured.</summary>
    private sealed class ParrotModelScope : ModelScope
    {
        public override bool Fits(string model) => model.StartsWith("parrot-", StringComparison.Ordinal);

        public override bool Shows(CatalogModel model) => false;
    }
}
