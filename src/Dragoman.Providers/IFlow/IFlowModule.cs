using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.IFlow;

/// <summary>iFlow, which was shut down (wire notes logins-2026-11, section 10).</summary>
public static class IFlowModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "iflow";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => EndedProvider.Create(
        new ProviderDescriptor(Id, "iFlow")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = ["https://apis.iflow.cn/v1"],
            Protocols = [Protocol.OpenAiChat],
            Homepage = "https://iflow.cn",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Ended, "The service was shut down on 17 April 2026; instead take the key of a coding plan of another vendor, with openai-compatibility.", new DateOnly(2026, 11, 29)),
        },
        "iflow", ["~/.cli-proxy-api/iflow-*.json"]);
}
