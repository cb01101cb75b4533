using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Amp;

/// <summary>
/// Amp: the key of its product, for the routes of its command line that go on to Amp itself (wire notes cliproxyapi, section 6.14). Its accounts serve no models; a surface finds them by <see cref="Id"/>
/// and forwards to their address with <see cref="ProviderModule.Authenticator"/>.
/// </summary>
public static class AmpModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "amp";

    /// <summary>Where Amp is.</summary>
    internal const string DefaultBase = "https://ampcode.com";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Amp")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://ampcode.com/settings",
            BaseUrls = [DefaultBase],
            Protocols = [Protocol.AnthropicMessages],
            Homepage = DefaultBase,
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Tolerated, "Amp makes keys for its own programs and lets them be pointed at another address (AMP_URL); it says nothing of gateways, and its newest versions use none of these routes.", new DateOnly(2026, 11, 30)),
        },
        Accounts = new AmpAccountSchema(),
        Requests = new AmpRequests(),
        Authenticator = new AmpAuthenticator(),
        Failures = StatusFailures.Instance,
        Logins = [new AmpFileLogin()],
        ScopeOf = static _ => NoModels.Instance,
    };
}
