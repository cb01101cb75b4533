using Dragoman.Gateway.Persistence;

namespace Dragoman.Management;

/// <summary>Why a use case did not do what it was asked to do: a kind for programs, a message and a fix for people. Nothing of it is HTTP.</summary>
/// <param name="Kind">The kind of error.</param>
/// <param name="Code">A stable word for programs, finer than the kind: <c>name_taken</c>, <c>key_revoked</c>, …</param>
/// <param name="Message">What is wrong, for people.</param>
public sealed record ManagementError(ManagementErrorKind Kind, string Code, string Message)
{
    /// <summary>What to do about it; null where the message says it.</summary>
    public string? Fix { get; init; }

    /// <summary>Everything that is wrong with what was asked for; empty for errors that are about no field.</summary>
    public IReadOnlyList<ManagementFinding> Findings { get; init; } = [];

    /// <summary>The version that stands now, after a conflict of versions; null where it is not known.</summary>
    public string? CurrentVersion { get; init; }

    /// <summary>When to try again; null where nothing says it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The field that is meant first, or null.</summary>
    public string? Field => Findings.Count > 0 ? Findings[0].Field : null;

    /// <summary>The message with the fix behind it.</summary>
    public string Text => Fix is null ? Message : $"{Message} {Fix}";

    /// <summary>A field has a value that cannot be.</summary>
    public static ManagementError Invalid(string message, string? field = null, string code = "invalid_value")
        => new(ManagementErrorKind.Invalid, code, message) { Findings = [new ManagementFinding(field, message)] };

    /// <summary>Several things are wrong at once.</summary>
    public static ManagementError Invalid(IReadOnlyList<ManagementFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        return new(ManagementErrorKind.Invalid, "invalid_value", string.Join(' ', findings.Select(Describe))) { Findings = findings };
    }

    /// <summary>There is no such thing.</summary>
    public static ManagementError NotFound(string message) => new(ManagementErrorKind.NotFound, "not_found", message);

    /// <summary>The state of the thing does not allow it, or a name is taken.</summary>
    public static ManagementError Conflict(string message, string code = "conflict", string? fix = null) => new(ManagementErrorKind.Conflict, code, message) { Fix = fix };

    /// <summary>The caller may not do this.</summary>
    public static ManagementError Forbidden(string message, string code, string? fix = null) => new(ManagementErrorKind.Forbidden, code, message) { Fix = fix };

    /// <summary>The store does not answer, or has no room.</summary>
    public static ManagementError Unavailable(StoreException cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return new(ManagementErrorKind.Unavailable, "store_unavailable", cause.Message);
    }

    private static string Describe(ManagementFinding finding)
        => $"{(string.IsNullOrEmpty(finding.Field) ? "" : finding.Field + ": ")}{finding.Message}{(finding.Fix is null ? "" : " " + finding.Fix)}";
}
