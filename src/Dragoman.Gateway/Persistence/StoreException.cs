namespace Dragoman.Gateway.Persistence;

/// <summary>What is wrong with the store.</summary>
public enum StoreFault
{
    /// <summary>It does not answer (locked too long, server gone, closed). The call may or may not have been done; every port's writes may be repeated.</summary>
    Unavailable,

    /// <summary>There is no room left to write.</summary>
    Full,

    /// <summary>Its content is damaged.</summary>
    Damaged,

    /// <summary>It was written by a newer program.</summary>
    TooNew,

    /// <summary>The call itself cannot be done (a fault of the caller or of this program).</summary>
    Invalid,
}

/// <summary>The store could not do what was asked.</summary>
/// <param name="fault">What sort.</param>
/// <param name="message">For people: what, and what to do about it.</param>
/// <param name="inner">The engine's own words.</param>
public sealed class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What sort.</summary>
    public StoreFault Fault { get; } = fault;
}

/// <summary>What came of a save with an optimistic version.</summary>
public enum SaveOutcome
{
    /// <summary>Saved, and durable.</summary>
    Saved,

    /// <summary>Somebody else saved first; read again and decide anew. Nothing was changed.</summary>
    Conflict,

    /// <summary>There is no such row (any more). Nothing was changed.</summary>
    Missing,

    /// <summary>The id or name is taken. Nothing was changed.</summary>
    Taken,

    /// <summary>The lease named as fence has passed to another holder. Nothing was changed.</summary>
    Fenced,
}

/// <summary>What came of a save.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Version">The row's version after a save; else 0.</param>
public readonly record struct SaveResult(SaveOutcome Outcome, long Version)
{
    /// <summary>Whether it was saved.</summary>
    public bool Saved => Outcome == SaveOutcome.Saved;
}
