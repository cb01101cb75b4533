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
