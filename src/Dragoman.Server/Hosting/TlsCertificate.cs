using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Hosting;

/// <summary>Reads the certificate of <c>tls.cert</c> and <c>tls.key</c>, and says in one line what is wrong with it.</summary>
internal static class TlsCertificate
{
    /// <summary>The certificate with its key, for the listener.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static X509Certificate2 Load(TlsOptions tls)
    {
        var cert = Readable("tls.cert", tls.CertificateFile);
        var key = Readable("tls.key", tls.KeyFile ?? tls.CertificateFile);
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(cert, key);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception ex) when (ex is CryptographicException or IOException or ArgumentException)
        {
            throw new StartException($"The certificate '{cert}' and the key '{key}' cannot be used together: {ex.Message.TrimEnd('.')}. Both must be PEM files, and the key that of the certificate.");
        }
    }

    /// <summary>The SHA-256 of the certificate that the configuration names, in hexadecimal; null when there is none that can be read.</summary>
    public static string? Fingerprint(TlsOptions tls)
    {
        if (!tls.Enable || tls.CertificateFile is null) return null;
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(tls.CertificateFile));
            return Fingerprint(certificate);
        }
        catch (Exception ex) when (ex is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The SHA-256 of a certificate, in hexadecimal.</summary>
    public static string Fingerprint(X509Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    private static string Readable(string key, string? file)
    {
        if (string.IsNullOrEmpty(file)) throw new StartException($"tls.enable is true, but {key} names no file. Name a PEM file, or take tls away.");
        try
        {
            using var stream = File.OpenRead(file);
            return file;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ex is FileNotFoundException or DirectoryNotFoundException
                ? $"There is no file '{file}' ({key}). Name the PEM file, or take tls away."
                : $"'{file}' ({key}) cannot be read: {ex.Message.TrimEnd('.')}. Let the gateway's user read it.");
        }
    }
}
