using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Dragoman.Server.Tests.Cli;

/// <summary>A certificate that nobody vouches for, in two PEM files.</summary>
internal static class TestCertificate
{
    /// <summary>Writes <c>NAME.pem</c> and <c>NAME.key</c>.</summary>
    public static (string Certificate, string Key) Write(string folder, string name, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, until);
        var (pem, keyFile) = (Path.Combine(folder, name + ".pem"), Path.Combine(folder, name + ".key"));
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (pem, keyFile);
    }
}
