using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>A model's name without what its host adds to it: geography, vendor, path, tag, version mark.</summary>
public static class CanonicalName
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> HostWords = new HashSet<string>(StringComparer.Ordinal)
    {
        "us", "us-gov", "eu", "apac", "jp", "au", "ca", "uk", "global", "anthropic", "amazon", "meta", "mistral", "deepseek", "openai", "qwen",
        "cohere", "ai21", "google", "moonshot", "moonshotai", "minimax", "zai", "writer", "nvidia", "twelvelabs", "luma", "stability", "in", "xai", "xiaomi",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly (string Beginning, string Vendor)[] Vendors =
    [
        ("claude-", "anthropic"), ("gpt-", "openai"), ("chatgpt-", "openai"), ("codex-", "openai"), ("ft-gpt-", "openai"), ("computer-use-", "openai"),
        ("text-embedding-3", "openai"), ("text-embedding-ada", "openai"), ("davinci-", "openai"), ("babbage-", "openai"),
        ("gemini-", "google"), ("gemma-", "google"), ("learnlm-", "google"), ("nova-", "amazon"), ("titan-", "amazon"), ("deepseek-", "deepseek"),
        ("qwen", "qwen"), ("qwq-", "qwen"), ("mistral-", "mistral"), ("ministral-", "mistral"), ("codestral", "mistral"), ("devstral", "mistral"),
        ("magistral-", "mistral"), ("pixtral-", "mistral"), ("mixtral-", "mistral"), ("grok-", "xai"), ("kimi-", "moonshot"), ("moonshot-", "moonshot"),
        ("glm-", "zai"), ("llama-", "meta"), ("llama3", "meta"), ("llama4", "meta"), ("minimax-", "minimax"),
        ("muse-", "meta"), ("mimo-", "xiaomi"), ("chat-latest", "openai"),
    ];

    /// <summary>The name in small letters, with dashes for dots.</summary>
    public static string Normalize(string model)
    {
        var name = model.AsSpan().Trim();
        name = ModelName.WithoutPath(name);
        if (name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase)) name = name[3..];
        var tag = name.IndexOfAny(":[(");
        if (tag > 0) name = name[..tag];
        Span<char> text = name.Length <= 256 ? stackalloc char[name.Length] : new char[name.Length];
        name.ToLowerInvariant(text);
        ReadOnlySpan<char> rest = text;
        for (var dot = rest.IndexOf('.'); dot > 0 && HostWords.Contains(rest[..dot]); dot = rest.IndexOf('.')) rest = rest[(dot + 1)..];
        var start = text.Length - rest.Length;
        text[start..].ReplaceAny(Separators, '-');
        return new string(text[start..]);
    }

    /// <summary>Who makes a model of this canonical name; null when the name does not tell.</summary>
    public static string? VendorOf(ReadOnlySpan<char> name)
    {
        foreach (var (beginning, vendor) in Vendors)
            if (name.StartsWith(beginning, StringComparison.Ordinal)) return vendor;
        return name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]) ? "openai" : null;
    }

    private static readonly System.Buffers.SearchValues<char> Separators = System.Buffers.SearchValues.Create("._@ ");
}
