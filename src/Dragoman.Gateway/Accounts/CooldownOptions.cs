namespace Dragoman.Gateway.Accounts;

/// <summary>Whether and how long failing targets cool down; the rules are in <c>Accounts/README.md</c>.</summary>
public sealed record CooldownOptions
{
    /// <summary><c>disable-cooling</c>: nothing ever cools down.</summary>
    public bool Disabled { get; init; }

    /// <summary><c>transient-error-cooldown-seconds</c>: the longest cooldown after passing faults; zero for none.</summary>
    public TimeSpan TransientCap { get; init; } = TimeSpan.FromSeconds(60);
}
