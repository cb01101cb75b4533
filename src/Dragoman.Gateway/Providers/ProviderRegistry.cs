namespace Dragoman.Gateway.Providers;

/// <summary>The providers there are, by their ids.</summary>
public sealed class ProviderRegistry
{
    private readonly Dictionary<string, IProvider> _providers;

    /// <summary>A registry of the given providers.</summary>
    public ProviderRegistry(IEnumerable<IProvider> providers) => _providers = providers.ToDictionary(provider => provider.Id);

    /// <summary>The provider of the given id.</summary>
    public IProvider this[string id] => _providers.TryGetValue(id, out var provider)
        ? provider
        : throw new InvalidOperationException($"There is no provider '{id}'.");
}
