using System.Text.Json.Serialization;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Management.Logins;

/// <summary>What is known of a file that may hold a login.</summary>
public enum FoundLoginStatus
{
    /// <summary>The gateway has no such account.</summary>
    New,

    /// <summary>The gateway has the account already.</summary>
    Known,

    /// <summary>The same account is in a file before this one.</summary>
    Duplicate,

    /// <summary>The file does not say whose login it is, or no gateway was there to ask; an import shows it.</summary>
    Undetermined,

    /// <summary>There is nothing to import: the file cannot be read, is none that a login is in, or belongs to nobody we know.</summary>
    Unusable,
}

/// <summary>A file that may hold a login, as <c>accounts scan</c> shows it.</summary>
/// <param name="Number">What it is chosen by.</param>
/// <param name="Provider">The provider's id; null where none knows it.</param>
/// <param name="File">Where it is.</param>
/// <param name="Identity">Whose login it seems to be; null where it is unusable.</param>
/// <param name="Problem">Why it is unusable.</param>
public sealed record FoundLogin(int Number, string? Provider, string File, ImportedIdentity? Identity, string? Problem)
{
    /// <summary>Which of the file's logins it is, from 1 on; null where the file has one.</summary>
    public int? Part { get; init; }

    /// <summary>What is known of it.</summary>
    public FoundLoginStatus Status { get; init; } = FoundLoginStatus.Unusable;

    /// <summary>The account that it belongs to already.</summary>
    public string? Account { get; init; }

    /// <summary>The way of importing.</summary>
    [JsonIgnore]
    public string? Flow { get; init; }

    /// <summary>What is sent: the file as it was when it was looked at.</summary>
    [JsonIgnore]
    public string? Content { get; init; }

    /// <summary>The file, and which of its logins.</summary>
    [JsonIgnore]
    public string Place => Part is { } part ? $"{File} #{part}" : File;

    /// <summary>A record would print its members.</summary>
    public override string ToString() => Place;
}
