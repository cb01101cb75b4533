using Dragoman.Gateway.Providers.Bedrock;
using Dragoman.Gateway.Providers.Http;

namespace Dragoman.Gateway.Providers;

/// <summary>The providers there are. To add one: a folder beside this file, and a line here.</summary>
public sealed class ProviderRegistry
{
    private readonly Dictionary<string, IProvider> _providers;

    /// <summary>A registry of the given providers.</summary>
    public ProviderRegistry(IEnumerable<IProvider> providers) => _providers = providers.ToDictionary(provider => provider.Id);

    /// <summary>All providers that ship.</summary>
    public static ProviderRegistry CreateDefault(TimeProvider time) => new(
    [
        new OpenAiProvider("openai"),
        new OpenAiProvider("codex"),
        new ClaudeProvider(),
        new GeminiProvider(),
        new BedrockProvider(time),
    ]);

    /// <summary>The provider of the given id.</summary>
    public IProvider this[string id] => _providers.TryGetValue(id, out var provider)
        ? provider
        : throw new InvalidOperationException($"There is no provider '{id}'.");
}
