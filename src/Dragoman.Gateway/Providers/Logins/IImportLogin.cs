using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>Takes over a login from a file, which is read and never changed.</summary>
public interface IImportLogin : ILoginFlow
{
    /// <inheritdoc/>
    LoginMethod ILoginFlow.Method => LoginMethod.Import;

    /// <summary>Where such files usually are, for people (<c>~/.codex/auth.json</c>).</summary>
    IReadOnlyList<string> UsualPlaces { get; }

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="LoginException">It is no such file, or has no login in it.</exception>
    Task<LoginResult> ReadAsync(ReadOnlyMemory<byte> content, VendorContext context, CancellationToken cancellationToken);
}
