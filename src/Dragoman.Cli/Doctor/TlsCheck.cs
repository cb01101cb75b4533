using System.Security.Cryptography.X509Certificates;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Hosting;
using Dragoman.Server.Lifetime;

namespace Dragoman.Cli.Doctor;

/// <summary>The certificate of the gateway's own listeners: there, readable, with its own key, and not run out.</summary>
internal static class TlsCheck
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static void Run(DoctorReport report, TlsOptions tls, TimeProvider time)
    {
        if (!tls.Enable) return;
        try
        {
            using var certificate = TlsCertificate.Load(tls);
            var now = time.GetUtcNow().UtcDateTime;
            var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
            var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            if (now > until) report.Fail("tls", $"the certificate {tls.CertificateFile} ({name}) ran out on {until:yyyy-MM-dd}; get a new one");
            else if (now < from) report.Fail("tls", $"the certificate {tls.CertificateFile} ({name}) holds only from {from:yyyy-MM-dd} on");
            else if (until - now < Soon) report.Warn("tls", $"the certificate {tls.CertificateFile} ({name}) runs out on {until:yyyy-MM-dd}");
            else report.Ok("tls", $"{tls.CertificateFile} ({name}) holds until {until:yyyy-MM-dd}");
        }
        catch (StartException ex)
        {
            report.Fail("tls", ex.Message);
        }
    }
}
