namespace Dragoman.Gateway.Accounts;

/// <summary>A further name of a model of an account that serves its provider's whole catalog.</summary>
/// <param name="Name">The upstream's own id.</param>
/// <param name="Alias">The name that clients use.</param>
/// <param name="KeepsName">Whether lists show the model under its own name too.</param>
public sealed record ModelAlias(string Name, string Alias, bool KeepsName)
{
    /// <summary>What people call it; null for the model's own name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether answers name the model as the client did, also where they pass unchanged otherwise.</summary>
    public bool ForcesName { get; init; }
}
