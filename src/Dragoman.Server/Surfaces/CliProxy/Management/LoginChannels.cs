using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The words by which CLIProxyAPI's routes and panels name whom people sign in to (wire notes cliproxyapi 1.8), and the providers that they are here.</summary>
internal sealed class LoginChannels(ProviderRegistry providers)
{
    /// <summary>Words of routes that differ from the type of the files.</summary>
    private static readonly (string Word, string Type)[] Words = [("anthropic", "claude"), ("gemini-cli", "gemini"), ("github", "github-copilot")];

    /// <summary>Other spellings of providers.</summary>
    private static readonly (string Spelling, string Type)[] Spellings =
    [
        ("anthropic", "claude"), ("openai", "codex"), ("google", "gemini"), ("gemini-cli", "gemini"), ("i-flow", "iflow"), ("anti-gravity", "antigravity"), ("x-ai", "xai"), ("x.ai", "xai"), ("grok", "xai"),
        ("github", "github-copilot"), ("copilot", "github-copilot"),
    ];

    /// <summary>The words of callback addresses on the gateway's own port.</summary>
    public static IReadOnlyList<string> Callbacks { get; } = ["anthropic", "codex", "antigravity", "google", "iflow"];

    /// <summary>Every word of a route, with the provider that people sign in to by it.</summary>
    public IEnumerable<(string Word, ProviderModule Provider)> All
    {
        get
        {
            foreach (var provider in providers.All)
            {
                if (!provider.Logins.Any(static flow => flow is not IImportLogin) && provider.Descriptor.ThirdPartyUse.Position != ThirdPartyPosition.Ended) continue;
                var type = provider.FileType ?? provider.Id;
                yield return (Words.FirstOrDefault(pair => pair.Type == type).Word ?? type, provider);
                if (Array.Exists(Words, pair => pair.Type == type && pair.Word.Length < type.Length && type.StartsWith(pair.Word, StringComparison.Ordinal))) yield return (type, provider);
            }
        }
    }

    /// <summary>The channel whose models another one has too.</summary>
    public static string CatalogWord(string channel) => channel is "aistudio" or "gemini-interactions" ? "gemini" : channel;

    /// <summary>The provider that a word names, whatever its spelling; null for none.</summary>
    public ProviderModule? Find(string name)
    {
        var word = name.Trim().ToLowerInvariant();
        var type = Spellings.FirstOrDefault(pair => pair.Spelling == word).Type ?? word;
        return providers.All.FirstOrDefault(provider => provider.FileType == type) ?? providers.All.FirstOrDefault(provider => provider.Id == type && provider.Logins.Count > 0);
    }
}
