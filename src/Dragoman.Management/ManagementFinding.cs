namespace Dragoman.Management;

/// <summary>One thing that is wrong with what was asked for.</summary>
/// <param name="Field">The field or setting that is meant, as the use case names it (<c>requests_per_minute</c>, <c>models[0].name</c>); null for the whole.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Fix">What to do about it; null where the message says it.</param>
public sealed record ManagementFinding(string? Field, string Message, string? Fix = null)
{
    /// <summary>The line of the text that is meant, from 1; 0 where there is none.</summary>
    public int Line { get; init; }

    /// <summary>The column of the text that is meant, from 1; 0 where there is none.</summary>
    public int Column { get; init; }

    /// <summary>Whether it is a warning, which alone keeps nothing from being done.</summary>
    public bool IsWarning { get; init; }
}
