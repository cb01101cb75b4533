using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>
/// Which errors are about one request although their status says that the key, the model or the address is at fault: other requests are taken
/// at the same target, so it must not cool down for them. The words are the vendors' own, as public reports quote them.
/// </summary>
internal static class RequestScope
{
    /// <summary>OpenRouter and hosts: the model is there, but no endpoint takes what this request asks for, or may see it.</summary>
    private static readonly string[] FeatureWords =
    [
        "no endpoints found that", "no endpoints found matching", "no endpoints available that", "no endpoints available matching", "no allowed providers are available",
        "data policy", "guardrail restrictions", "when using codex with a chatgpt account", "only authorized for use with", "required for long context", "request too large for",
    ];

    private static readonly string[] RegionWords =
    [
        "unsupported_country", "country, region, or territory", "countries, regions, or territories", "user location is not supported", "not available in your region",
        "not available in your country", "not supported in your region", "not supported in your country", "unsupported country", "unsupported region", "region is not supported",
        "location is not supported", "request not allowed",
    ];

    private static readonly string[] FilterWords =
        ["flagged", "moderation", "content policy", "content_policy", "content filter", "content_filter", "usage guidelines", "usage policy", "usage policies", "safety", "violat", "blocked by"];

    private static readonly string[] BanWords = ["disabled", "suspended", "banned", "deactivated", "terminated", "restricted"];

    private static readonly string[] NamedThings =
    [
        "thread", "previous response", "response with id", "item with id", "conversation", "cachedcontent", "cached content", "file", "container", "vector store", "vector_store",
        "prompt with id", "skill", "batch", "connector", "mcp server", "tool_call", "tool call",
    ];

    /// <summary>The class of an error that is about its request alone; null for all others.</summary>
    public static FailureClass? Find(WireError error)
    {
        if (Any(error, FeatureWords) || Any(error, RegionWords)) return FailureClass.Unsupported;
        return error.Kind switch
        {
            ErrorKind.NotFound or ErrorKind.Permission when NamesAThing(error) => FailureClass.InvalidRequest,
            ErrorKind.Permission when Any(error, FilterWords) && !Any(error, BanWords) => FailureClass.ContentFiltered,
            _ => null,
        };
    }

    /// <summary>
    /// Whether what was not found, or is not to be seen, is something that the request names by its id: no other account would find it, the client
    /// has to hear it in these words (SDKs send a conversation again whose thread is lost), and the model must not cool down for it.
    /// </summary>
    public static bool NamesAThing(WireError error)
    {
        if (error.Code is "previous_response_not_found") return true;
        if (error.Code is "model_not_found" or "DeploymentNotFound" || Has(error, "model")) return false;
        return error.Param is { Length: > 0 } || Any(error, NamedThings);
    }

    private static bool Any(WireError error, string[] words) => Array.Exists(words, word => Has(error, word));

    private static bool Has(WireError error, string words)
        => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase) || error.Code?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}
