using System.Collections.Frozen;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>
/// The language in which a request wants its answer where no route of its own says it: by the path where that belongs to one API, else by the
/// headers that only the clients of one API send, else OpenAI's.
/// </summary>
internal static class SpokenLanguage
{
    /// <summary>What the first word of a path behind <c>/v1</c> belongs to. Words that several APIs have (<c>models</c>, <c>files</c>) are left to the headers.</summary>
    private static readonly FrozenDictionary<string, Language> Owners = new Dictionary<string, Language>(StringComparer.OrdinalIgnoreCase)
    {
        ["messages"] = Language.AnthropicMessages,
        ["complete"] = Language.AnthropicMessages,
        ["organizations"] = Language.AnthropicMessages,
        ["skills"] = Language.AnthropicMessages,
        ["cachedContents"] = Language.Gemini,
        ["corpora"] = Language.Gemini,
        ["dynamic"] = Language.Gemini,
        ["fileSearchStores"] = Language.Gemini,
        ["interactions"] = Language.Gemini,
        ["operations"] = Language.Gemini,
        ["projects"] = Language.Gemini,
        ["publishers"] = Language.Gemini,
        ["tunedModels"] = Language.Gemini,
        ["responses"] = Language.OpenAiResponses,
        ["conversations"] = Language.OpenAiResponses,
        ["assistants"] = Language.OpenAiChat,
        ["audio"] = Language.OpenAiChat,
        ["chat"] = Language.OpenAiChat,
        ["completions"] = Language.OpenAiChat,
        ["embeddings"] = Language.OpenAiChat,
        ["fine_tuning"] = Language.OpenAiChat,
        ["images"] = Language.OpenAiChat,
        ["moderations"] = Language.OpenAiChat,
        ["realtime"] = Language.OpenAiChat,
        ["threads"] = Language.OpenAiChat,
        ["uploads"] = Language.OpenAiChat,
        ["vector_stores"] = Language.OpenAiChat,
        ["videos"] = Language.OpenAiChat,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Paths of one API that do not begin with <c>/v1</c>.</summary>
    private static readonly (string Start, Language Language)[] Roots =
    [
        ("/v1beta", Language.Gemini), ("/v1alpha", Language.Gemini), ("/v1internal", Language.Gemini), ("/upload/", Language.Gemini), ("/download/", Language.Gemini),
        ("/api/claude", Language.AnthropicMessages), ("/api/oauth", Language.AnthropicMessages), ("/api/hello", Language.AnthropicMessages), ("/api/event_logging", Language.AnthropicMessages),
    ];

    /// <summary>The language of a request that no handler took.</summary>
    public static Language Of(HttpRequest request) => ByPath(request.Path.Value ?? "") ?? ByHeaders(request) ?? Language.OpenAiChat;

    /// <summary>The language whose clients send such headers, or null where nothing tells.</summary>
    public static Language? ByHeaders(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.ContainsKey("anthropic-version") || headers.ContainsKey("anthropic-beta") || headers.UserAgent.ToString().StartsWith("claude-cli", StringComparison.OrdinalIgnoreCase)) return Language.AnthropicMessages;
        if (headers.ContainsKey("x-goog-api-key") || headers.ContainsKey("x-goog-api-client")) return Language.Gemini;
        return null;
    }

    private static Language? ByPath(string path)
    {
        foreach (var (start, language) in Roots)
        {
            if (path.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return language;
        }

        var rest = path.AsSpan().TrimStart('/');
        while (rest.StartsWith("v1/", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[3..].TrimStart('/');
        }

        var end = rest.IndexOf('/');
        var word = end < 0 ? rest : rest[..end];
        // Gemini names its methods behind a colon.
        if (word.Equals("models", StringComparison.OrdinalIgnoreCase) && end >= 0 && rest[end..].Contains(':')) return Language.Gemini;
        return Owners.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var owner) ? owner : null;
    }
}
