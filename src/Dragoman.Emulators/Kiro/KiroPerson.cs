namespace Dragoman.Emulators.Kiro;

/// <summary>Somebody who has signed in, and by which way: what the service lets a token do depends on it.</summary>
/// <param name="Name">Who it is; whose name begins with <c>suspended</c> is.</param>
/// <param name="Kind">The way: <c>builder</c>, <c>enterprise</c>, <c>social</c> or <c>external</c>.</param>
internal sealed record KiroPerson(string Name, string Kind)
{
    /// <summary>The profile that requests have to name; a Builder ID has none.</summary>
    public string? Profile => Kind == "builder" ? null : $"arn:aws:codewhisperer:us-east-1:111122223333:profile/{string.Concat(Name.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit))}";

    public string UserId => $"d-0000000000.{Name}";

    public bool IsSuspended => Name.StartsWith("suspended", StringComparison.Ordinal);
}
