using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.QwenCode;

/// <summary>Qwen Code's free login, which has ended (wire notes logins-2026-11, section 10).</summary>
public static class QwenCodeModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "qwen-code";

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => EndedProvider.Create(
        new ProviderDescriptor(Id, "Qwen Code (free login)")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = ["https://portal.qwen.ai/v1"],
            Protocols = [Protocol.OpenAiChat],
            Homepage = "https://qwenlm.github.io/qwen-code-docs",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Ended, "Alibaba ended the free login on 15 April 2026 and refuses its tokens; instead take the key of a Coding Plan or Token Plan, with openai-compatibility at https://coding.dashscope.aliyuncs.com/v1 (outside China https://coding-intl.dashscope.aliyuncs.com/v1).",
                new DateOnly(2026, 11, 29)),
        },
        "qwen", ["~/.cli-proxy-api/qwen-*.json"]);
}
