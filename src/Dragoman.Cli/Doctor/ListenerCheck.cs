using System.Net;
using System.Net.Sockets;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Configuration;
using Dragoman.Management;
using Dragoman.Server.Hosting;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Doctor;

/// <summary>Whether the addresses can be opened, and who has them if not.</summary>
internal static class ListenerCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(DoctorReport report, GatewayConfig config, string? secret, CancellationToken cancellationToken)
    {
        foreach (var listener in config.Listeners)
        {
            var where = $"{(listener.Host.Length == 0 ? "*" : listener.Host)}:{listener.Port}";
            try
            {
                var address = ListenerBinding.AddressOf(listener) ?? IPAddress.Loopback;
                using var probe = new TcpListener(address, listener.Port);
                probe.Start();
                report.Ok("port", $"{where} is free");
            }
            catch (StartException ex)
            {
                report.Fail("port", ex.Message);
            }
            catch (SocketException ex) when (ex.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                if (await IsGatewayAsync(config, listener, secret, cancellationToken)) report.Ok("port", $"{where} is in use by a running gateway");
                else report.Fail("port", $"{where} is in use by another program: stop that, or choose another port");
            }
            catch (SocketException ex)
            {
                report.Fail("port", ListenerBinding.Describe(ex, [new ResolvedListener(listener, null)]));
            }
        }
    }

    private static async Task<bool> IsGatewayAsync(GatewayConfig config, ListenerOptions listener, string? secret, CancellationToken cancellationToken)
    {
        var host = listener.Host.Length == 0 || listener.Host is "*" or "0.0.0.0" or "::" ? "127.0.0.1" : listener.Host.Trim('[', ']');
        if (host.Contains(':', StringComparison.Ordinal)) host = $"[{host}]";
        var address = new Uri($"{(config.Tls.Enable ? "https" : "http")}://{host}:{listener.Port}/");
        using var client = new ManagementClient(new GatewayAddress(address, TlsCertificate.Fingerprint(config.Tls), AddressSource.Configured), secret);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            return (await client.GetAsync<VersionView>("version", limit.Token)).Name == "dragoman";
        }
        catch (ManagementException ex)
        {
            // One that asks for a secret is a gateway as well.
            return ex.Message.Contains("management", StringComparison.OrdinalIgnoreCase);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
