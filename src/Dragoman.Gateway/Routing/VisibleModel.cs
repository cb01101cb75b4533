using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;

namespace Dragoman.Gateway.Routing;

/// <summary>A model that clients may ask for.</summary>
/// <param name="Id">The name to ask by: alias, or prefix and alias.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Servers">The accounts that serve it, best first.</param>
public sealed record VisibleModel(string Id, ModelMetadata Facts, IReadOnlyList<Account> Servers);
