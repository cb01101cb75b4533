using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>xAI's Grok with a plan (SuperGrok, X Premium+), by signing in. API keys go by <c>openai-compatibility</c>.</summary>
public static class XaiModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "xai";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    private static readonly ModelScope Scope = new VendorModelScope("xai", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "xAI Grok")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [XaiSettings.DefaultBase],
            Protocols = [Protocol.OpenAiResponses, Protocol.OpenAiChat],
            Homepage = "https://x.ai/grok",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Tolerated, "xAI promotes named programs that sign in with a Grok plan and gives no general permission to others; logins are served with SuperGrok or X Premium+.", AsOf),
        },
        Accounts = XaiAccountSchema.Create(),
        Requests = new XaiRequests(),
        Authenticator = HeaderKey.Bearer,
        Failures = new XaiFailures(),
        Quotas = QuotaHeaders.Instance,
        QuotaReader = new XaiQuotaReader(),
        Refresher = new XaiTokenRefresher(),
        Models = ModelLists.Instance,
        FileType = "xai",
        Logins = [new XaiDeviceLogin(), new XaiBrowserLogin(), new XaiFileLogin()],
        Settings = ProviderSettings.From<XaiSettings>(AsOf),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "x_ai",
    };
}
