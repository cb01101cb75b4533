using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Routing;

/// <summary>What routing needs to know of the running configuration. Immutable; a changed configuration makes a new one.</summary>
public sealed record RoutingSnapshot
{
    /// <summary>Every upstream account in the order of the configuration, disabled ones included.</summary>
    public IReadOnlyList<Account> Accounts { get; init; } = [];

    /// <summary>Accounts that cannot be used until their owner does something, with what: they have to sign in again. They serve nothing; whoever asks for what they would serve is told of them.</summary>
    public IReadOnlyList<(Account Account, string Problem)> Unusable { get; init; } = [];

    /// <summary>How the account is chosen.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>Whether and how long failing targets cool down.</summary>
    public CooldownOptions Cooling { get; init; } = new();

    /// <summary>Whether bare model names reach only accounts without a prefix.</summary>
    public bool ForceModelPrefix { get; init; }
}
