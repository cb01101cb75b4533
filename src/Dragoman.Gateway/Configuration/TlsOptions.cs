namespace Dragoman.Gateway.Configuration;

/// <summary><c>tls</c>: HTTPS on the gateway's own listeners.</summary>
public sealed record TlsOptions
{
    /// <summary><c>enable</c>.</summary>
    public bool Enable { get; init; }

    /// <summary><c>cert</c>: the certificate chain, a PEM file.</summary>
    public string? CertificateFile { get; init; }

    /// <summary><c>key</c>: the private key, a PEM file.</summary>
    public string? KeyFile { get; init; }
}

/// <summary><c>remote-management</c>.</summary>
public sealed record ManagementOptions
{
    /// <summary><c>allow-remote</c>: management from other machines, which needs the secret.</summary>
    public bool AllowRemote { get; init; }

    /// <summary><c>secret-key</c>: what a manager must show, in the clear or as a bcrypt hash; null closes management to other machines.</summary>
    public string? SecretKey { get; init; }

    /// <summary>A record would print its members; this one holds a secret.</summary>
    public override string ToString() => $"remote management {(AllowRemote ? "allowed" : "not allowed")}, {(SecretKey is null ? "no secret" : "with a secret")}";
}
