
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>What came of a change of an account.</summary>
public enum AccountUpdateOutcome
{
    /// <summary>Saved, durable, and in force.</summary>
    Saved,

    /// <summary>Something of it is wrong: <see cref="AccountUpdateResult.Problems"/>.</summary>
    Invalid,

    /// <summary>There is no such account.</summary>
    Missing,

    /// <summary>It stands in the configuration file, where alone it can be changed.</summary>
    Configured,

    /// <summary>The label is taken, or the same credential belongs to another account: <see cref="AccountUpdateResult.Message"/>.</summary>
    Taken,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Conflict,

    /// <summary>The upstream was asked and refused: <see cref="AccountUpdateResult.Message"/>.</summary>
    Refused,
}

/// <summary>What came of a change of an account.</summary>
/// <param name="Outcome">How it went.</param>
public sealed record AccountUpdateResult(AccountUpdateOutcome Outcome)
{
    /// <summary>The account as it is now, after a save.</summary>
    public AccountEntry? Account { get; init; }

    /// <summary>All that is wrong with it.</summary>
    public IReadOnlyList<ConfigDiagnostic> Problems { get; init; } = [];

    /// <summary>What happened, for people.</summary>
    public string Message { get; init; } = "";
}
