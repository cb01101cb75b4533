namespace Dragoman.Gateway.Accounts;

/// <summary>A credential with the version that a cell gave it.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Version">Counts the credentials of a cell, from 1.</param>
public sealed record VersionedCredential(Credential Credential, long Version)
{
    /// <summary>Whether the upstream has refused it as expired: it has to be renewed before it is used again.</summary>
    public bool IsRejected { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Credential} (version {Version})";
}

/// <summary>
/// The credential that an account has now. It is beside the account and not in it: a refresh puts another credential into the cell, which every snapshot of the
/// configuration sees with its next read, and composes nothing anew. Reading costs one volatile read. All members may be used from any thread.
/// </summary>
public sealed class CredentialCell
{
    private readonly Lock _sourceGate = new();
    private VersionedCredential _current;
    private Credential? _before;
    private Credential _source;
    private long _sourceVersion;

    /// <summary>A cell with its first credential.</summary>
    /// <param name="credential">The credential as the account's source (file or store) has it.</param>
    /// <param name="sourceVersion">The version that the source counts; 0 where it counts none.</param>
    public CredentialCell(Credential credential, long sourceVersion = 0)
    {
        ArgumentNullException.ThrowIfNull(credential);
        _current = new VersionedCredential(credential, 1);
        _source = credential;
        _sourceVersion = sourceVersion;
    }

    /// <summary>The credential in force.</summary>
    public VersionedCredential Current => Volatile.Read(ref _current);

    /// <summary>The secrets of the credential in force and of the one before it: a request that is under way may carry the former.</summary>
    public IEnumerable<string> Secrets
    {
        get
        {
            var (current, before) = (Current.Credential, Volatile.Read(ref _before));
            return before is null || before.Equals(current) ? current.Secrets : current.Secrets.Concat(before.Secrets);
        }
    }

    /// <summary>Puts a renewed credential in the place of the version that it was made from.</summary>
    /// <param name="version">The version that was renewed.</param>
    /// <param name="next">The renewed credential.</param>
    /// <returns>False where another credential is in force meanwhile; then that one counts and nothing is changed.</returns>
    public bool TrySwap(long version, Credential next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var seen = Current;
        return seen.Version == version && Replace(seen, new VersionedCredential(next, version + 1));
    }

    /// <summary>The upstream has refused a credential as expired. Only the version that it refused is marked: a newer one has not been tried.</summary>
    /// <param name="version">The version that the failed request carried.</param>
    /// <returns>Whether that version was in force and is marked now.</returns>
    public bool Reject(long version)
    {
        var seen = Current;
        if (seen.Version != version || seen.IsRejected) return false;
        return Interlocked.CompareExchange(ref _current, seen with { IsRejected = true }, seen) == seen;
    }

    /// <summary>
    /// Takes what the account's source (file or store) says now. What it said before is not taken again, so that a credential that was renewed since is kept; neither is
    /// what an older version of the source says.
    /// </summary>
    internal void TakeSource(Credential credential, long sourceVersion)
    {
        lock (_sourceGate)
        {
            if (sourceVersion < _sourceVersion) return;
            _sourceVersion = sourceVersion;
            if (credential.Equals(_source)) return;
            _source = credential;
            var seen = Current;
            while (!seen.Credential.Equals(credential) && !Replace(seen, new VersionedCredential(credential, seen.Version + 1))) seen = Current;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Current.ToString();

    private bool Replace(VersionedCredential seen, VersionedCredential next)
    {
        if (Interlocked.CompareExchange(ref _current, next, seen) != seen) return false;
        Volatile.Write(ref _before, seen.Credential);
        return true;
    }
}
