namespace Dragoman.Management.Imports;

/// <summary>A file of another system, as whoever has it sends it.</summary>
/// <param name="Name">Its name, with the folders below the place that was named.</param>
/// <param name="Text">What is in it.</param>
public sealed record ImportFile(string Name, string Text)
{
    /// <summary>A record would print its members; this one holds secrets.</summary>
    public override string ToString() => $"file '{Name}'";
}

/// <summary>What becomes of something that another system has.</summary>
public enum ImportOutcome
{
    /// <summary>It is taken over as it is.</summary>
    Taken,

    /// <summary>It is taken over as what comes nearest; the words say how it differs.</summary>
    Approximated,

    /// <summary>It is here already.</summary>
    AlreadyHere,

    /// <summary>The gateway has another value of its own, which stays.</summary>
    Kept,

    /// <summary>It is not taken over; the words say why.</summary>
    NotSupported,
}

/// <summary>What becomes of one thing.</summary>
/// <param name="Source">Where it stands in the other system's files.</param>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Target">Where it stands here: a key of the configuration, an account; absent where it is nowhere.</param>
/// <param name="Words">What there is to say of it, without secrets.</param>
public sealed record ImportFinding(string Source, ImportOutcome Outcome, string? Target, string Words);

/// <summary>An import: the plan, or what was done.</summary>
/// <param name="System">The system.</param>
/// <param name="Applied">Whether it was done; else it is the plan.</param>
/// <param name="Changes">How many things are new: nothing is to be done where it is 0.</param>
/// <param name="Findings">One for everything that the files have.</param>
/// <param name="NeedsRestart">Keys of the configuration that count from the next start on.</param>
public sealed record SystemImportView(string System, bool Applied, int Changes, IReadOnlyList<ImportFinding> Findings, IReadOnlyList<string> NeedsRestart);

/// <summary>A system whose data can be taken over.</summary>
/// <param name="Id">The word by which it is named.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Files">The names of its files, below the place that is named; <c>*</c> stands for any run of characters.</param>
/// <param name="UsualPlace">Where they usually are.</param>
public sealed record ImportableSystem(string Id, string Title, IReadOnlyList<string> Files, string UsualPlace);
