using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Routing;

/// <summary>What routing needs to know of the running configuration. Immutable; a changed configuration makes a new one.</summary>
public sealed record RoutingSnapshot
{
    /// <summary>Every upstream account in the order of the configuration, disabled ones included.</summary>
    public IReadOnlyList<Account> Accounts { get; init; } = [];

    /// <summary>How the account is chosen.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>Whether and how long failing targets cool down.</summary>
    public CooldownOptions Cooling { get; init; } = new();

    /// <summary>Whether bare model names reach only accounts without a prefix.</summary>
    public bool ForceModelPrefix { get; init; }
}
