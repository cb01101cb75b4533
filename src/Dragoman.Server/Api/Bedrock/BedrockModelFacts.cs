using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>What Bedrock's lists say of a model that stands behind this gateway.</summary>
internal static class BedrockModelFacts
{
    /// <summary>An ARN of the gateway's own: a region and an account there are none.</summary>
    public static string ArnOf(string kind, string id) => $"arn:aws:bedrock:::{kind}/{id}";

    /// <summary>Who made the model, about as Bedrock spells it; clients compare without regard to case.</summary>
    public static string ProviderOf(VisibleModel model) => CanonicalName.VendorOf(CanonicalName.Normalize(model.Id)) switch
    {
        "mistral" => "Mistral AI",
        { Length: > 0 } vendor => char.ToUpperInvariant(vendor[0]) + vendor[1..],
        _ => "Other",
    };
}
