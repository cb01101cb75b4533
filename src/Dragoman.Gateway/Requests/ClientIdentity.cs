using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Requests;

/// <summary>Who asks: a client key as it stands, or anyone where the gateway has no keys. Immutable; a changed key makes a new one with the same id.</summary>
public sealed record ClientIdentity
{
    /// <summary>The one caller of a gateway without keys: no id, no limits.</summary>
    public static ClientIdentity Anyone { get; } = new() { KeyId = "", Name = "" };

    /// <summary>Whoever tries requests out on the management's pages: no key and no limits, but named in the ledger and in flows.</summary>
    public static ClientIdentity Playground { get; } = new() { KeyId = "playground", Name = "playground" };

    /// <summary>The key's id, safe to show; also whose the kept answers are. Empty for <see cref="Anyone"/>.</summary>
    public required string KeyId { get; init; }

    /// <summary>What people call the key.</summary>
    public required string Name { get; init; }

    /// <summary>What it may be used for.</summary>
    public KeyScopes Scopes { get; init; } = new();

    /// <summary>Requests a minute, or null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, or null for no limit.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests at once, or null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>What it may spend.</summary>
    public IReadOnlyList<BudgetLimit> Budgets { get; init; } = [];

    /// <summary>Whether anything of it has to be counted before a request may go on.</summary>
    public bool IsLimited => RequestsPerMinute is not null || TokensPerMinute is not null || Concurrency is not null || Budgets.Count > 0;
}
