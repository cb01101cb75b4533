using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>What Bedrock's lists say of a model that stands behind this gateway.</summary>
internal static class BedrockModelFacts
{
    /// <summary>An ARN of the gateway's own: a region and an account there are none.</summary>
    public static string ArnOf(string kind, string id) => $"arn:aws:bedrock:::{kind}/{id}";

    /// <summary>Who made the model, as Bedrock spells it.</summary>
    public static string ProviderOf(VisibleModel model) => CanonicalName.VendorOf(CanonicalName.Normalize(model.Id)) switch
    {
        "anthropic" => "Anthropic",
        "amazon" => "Amazon",
        "meta" => "Meta",
        "mistral" => "Mistral AI",
        "openai" => "OpenAI",
        "google" => "Google",
        "deepseek" => "DeepSeek",
        "qwen" => "Qwen",
        var other => other ?? "Other",
    };
}
