using System.Collections.Frozen;
using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>
/// The protocol in which a request wants its answer where no route of its own says it: by the path where that belongs to one API, else by the
/// headers that only the clients of one API send, else OpenAI's.
/// </summary>
internal static class ClientProtocolSelector
{
    /// <summary>What the first word of a path behind <c>/v1</c> belongs to. Words that several APIs have (<c>models</c>, <c>files</c>) are left to the headers.</summary>
    private static readonly FrozenDictionary<string, Protocol> Owners = new Dictionary<string, Protocol>(StringComparer.OrdinalIgnoreCase)
    {
        ["messages"] = Protocol.AnthropicMessages,
        ["complete"] = Protocol.AnthropicMessages,
        ["organizations"] = Protocol.AnthropicMessages,
        ["skills"] = Protocol.AnthropicMessages,
        ["cachedContents"] = Protocol.Gemini,
        ["corpora"] = Protocol.Gemini,
        ["dynamic"] = Protocol.Gemini,
        ["fileSearchStores"] = Protocol.Gemini,
        ["interactions"] = Protocol.Gemini,
        ["operations"] = Protocol.Gemini,
        ["projects"] = Protocol.Gemini,
        ["publishers"] = Protocol.Gemini,
        ["tunedModels"] = Protocol.Gemini,
        ["responses"] = Protocol.OpenAiResponses,
        ["conversations"] = Protocol.OpenAiResponses,
        ["assistants"] = Protocol.OpenAiChat,
        ["audio"] = Protocol.OpenAiChat,
        ["chat"] = Protocol.OpenAiChat,
        ["completions"] = Protocol.OpenAiChat,
        ["embeddings"] = Protocol.OpenAiChat,
        ["fine_tuning"] = Protocol.OpenAiChat,
        ["images"] = Protocol.OpenAiChat,
        ["moderations"] = Protocol.OpenAiChat,
        ["realtime"] = Protocol.OpenAiChat,
        ["threads"] = Protocol.OpenAiChat,
        ["uploads"] = Protocol.OpenAiChat,
        ["vector_stores"] = Protocol.OpenAiChat,
        ["videos"] = Protocol.OpenAiChat,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Paths of one API that do not begin with <c>/v1</c>.</summary>
    private static readonly (string Start, Protocol Language)[] Roots =
    [
        ("/v1beta", Protocol.Gemini), ("/v1alpha", Protocol.Gemini), ("/v1internal", Protocol.Gemini), ("/upload/", Protocol.Gemini), ("/download/", Protocol.Gemini),
        ("/api/claude", Protocol.AnthropicMessages), ("/api/oauth", Protocol.AnthropicMessages), ("/api/hello", Protocol.AnthropicMessages), ("/api/event_logging", Protocol.AnthropicMessages),
    ];

    /// <summary>The protocol of a request that no handler took.</summary>
    public static Protocol Select(HttpRequest request) => ByPath(request.Path.Value ?? "") ?? ByHeaders(request) ?? Protocol.OpenAiChat;

    /// <summary>The protocol whose clients send such headers, or null where nothing tells.</summary>
    public static Protocol? ByHeaders(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.ContainsKey("anthropic-version") || headers.ContainsKey("anthropic-beta") || headers.UserAgent.ToString().StartsWith("claude-cli", StringComparison.OrdinalIgnoreCase)) return Protocol.AnthropicMessages;
        if (headers.ContainsKey("x-goog-api-key") || headers.ContainsKey("x-goog-api-client")) return Protocol.Gemini;
        return null;
    }

    private static Protocol? ByPath(string path)
    {
        foreach (var (start, protocol) in Roots)
        {
            if (path.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return protocol;
        }

        var rest = path.AsSpan().TrimStart('/');
        while (rest.StartsWith("v1/", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[3..].TrimStart('/');
        }

        var end = rest.IndexOf('/');
        var word = end < 0 ? rest : rest[..end];
        // Gemini names its methods behind a colon.
        if (word.Equals("models", StringComparison.OrdinalIgnoreCase) && end >= 0 && rest[end..].Contains(':')) return Protocol.Gemini;
        return Owners.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var owner) ? owner : null;
    }
}
