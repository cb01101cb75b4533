using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>Takes over a login from a file, which is read and never changed.</summary>
public interface IImportLogin : ILoginFlow
{
    /// <inheritdoc/>
    LoginMethod ILoginFlow.Method => LoginMethod.Import;

    /// <summary>Where such files usually are, for people (<c>~/.codex/auth.json</c>).</summary>
    /// <remarks><c>${NAME:-default}</c> at the start is where a variable of the environment says, besides the default.</remarks>
    IReadOnlyList<string> UsualPlaces { get; }

    /// <summary>
    /// The keys under which such a login is in tables of keys and values of an SQLite database, where it is in one: whoever has the database sends what stands under them as a JSON object of texts.
    /// </summary>
    IReadOnlyList<string> DatabaseKeys => [];

    /// <summary>The name of another file that belongs to the login, in the same folder or in <see cref="CompanionFolder"/>; null for none. Whoever has both sends a JSON array of the two, what is no JSON as a text.</summary>
    string? CompanionOf(ReadOnlyMemory<byte> content) => null;

    /// <summary>Where such a file is, seen from the folder of the login's own.</summary>
    string CompanionFolder => ".";

    /// <summary>The logins of a file, each as a content that can be imported by itself: a file may hold several, and much besides them. A file that holds one and nothing else is given back as it is.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content) => [content];

    /// <summary>Tells from a file's content alone, without asking anybody, whose login is in it; null where there is no login of this kind in it.</summary>
    ImportedIdentity? Inspect(ReadOnlyMemory<byte> content);

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="LoginException">It is no such file, or has no login in it.</exception>
    Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken);
}
