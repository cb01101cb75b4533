using System.Diagnostics.CodeAnalysis;

namespace Dragoman.Management;

/// <summary>What came of a use case: its value, or the error that kept it from being done. Use cases without a value return a <see cref="ManagementError"/> or null.</summary>
public sealed class ManagementResult<T>
    where T : class
{
    private ManagementResult(T? value, ManagementError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>Whether it was done.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>The value; null after an error.</summary>
    public T? Value { get; }

    /// <summary>The error; null after a success.</summary>
    public ManagementError? Error { get; }

    /// <summary>A success.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The value and the error are constructors enough.")]
    public static implicit operator ManagementResult<T>(T value) => new(value, null);

    /// <summary>An error.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The value and the error are constructors enough.")]
    public static implicit operator ManagementResult<T>(ManagementError error) => new(null, error);

    /// <summary>The same with another value.</summary>
    public ManagementResult<TOther> Map<TOther>(Func<T, TOther> map)
        where TOther : class
    {
        ArgumentNullException.ThrowIfNull(map);
        return Succeeded ? map(Value) : Error;
    }
}
