using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Dragoman.Cli.Options;
using Dragoman.Gateway.Configuration;
using Dragoman.Providers;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Hosting;

namespace Dragoman.Cli.GatewayClient;

/// <summary>How a command came to the gateway's address.</summary>
internal enum AddressSource
{
    /// <summary><c>--url</c> or <c>$DRAGOMAN_URL</c>: that gateway is meant and no other.</summary>
    Named,

    /// <summary>The mark of the gateway that runs on the data folder.</summary>
    Running,

    /// <summary>The first listener of the configuration.</summary>
    Configured,

    /// <summary>The port that is opened when nothing names one.</summary>
    Default,
}

/// <summary>Where the gateway is that a command asks.</summary>
/// <param name="Address">The address, with a slash at the end.</param>
/// <param name="Certificate">The SHA-256 of the certificate it may show although no authority vouches for it: that of this machine's own gateway; or null.</param>
/// <param name="Source">How it was found.</param>
internal sealed record GatewayAddress(Uri Address, string? Certificate, AddressSource Source)
{
    /// <summary>Whether the command line or the environment names a gateway.</summary>
    public static bool IsNamed(string? url) => !string.IsNullOrWhiteSpace(url) || Environment.GetEnvironmentVariable("DRAGOMAN_URL") is { Length: > 0 };

    /// <summary>Finds it: as said, else where it runs, else where the configuration says.</summary>
    /// <param name="url"><c>--url</c>, or null.</param>
    /// <param name="dataFolder"><c>--data</c>, or null.</param>
    /// <param name="configFile"><c>--config</c>, or null: with it only a gateway of that configuration is meant.</param>
    /// <exception cref="ManagementException">What is named is no address.</exception>
    public static GatewayAddress Find(string? url, string? dataFolder, string? configFile = null)
    {
        var data = DataFolder.Resolve(dataFolder);
        var running = InstanceFile.Read(data);
        var named = !string.IsNullOrWhiteSpace(url) ? url : configFile is null ? Environment.GetEnvironmentVariable("DRAGOMAN_URL") : null;
        if (!string.IsNullOrWhiteSpace(named))
        {
            if (!Uri.TryCreate(named.Trim().TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
                throw new ManagementException($"'{named}' is no address; write http://HOST:PORT.");
            return new GatewayAddress(address, address.IsLoopback ? running?.Certificate ?? Configured(configFile, data)?.Certificate : null, AddressSource.Named);
        }

        if (running is not null && (configFile is null || running.ConfigFile == Path.GetFullPath(configFile))) return new GatewayAddress(running.Address, running.Certificate, AddressSource.Running);
        return Configured(configFile, data) ?? new GatewayAddress(new Uri($"http://127.0.0.1:{GatewayConfig.DefaultPort}/"), null, AddressSource.Default);
    }

    /// <summary>A handler that reaches it: directly, and also where its certificate is its owner's own.</summary>
    public SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        if (Certificate is { } known)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, errors) => errors == SslPolicyErrors.None || (shown is X509Certificate certificate && TlsCertificate.Fingerprint(certificate) == known);
        return handler;
    }

    private static GatewayAddress? Configured(string? configFile, string data)
    {
        if (DataFolder.ConfigFile(configFile, data) is not { } file || ProviderModules.ConfigLoader.LoadFile(file).Config is not { } config || config.Listeners[0] is not { Port: > 0 } listener) return null;
        var host = listener.IsLoopback ? listener.Host.Trim('[', ']') : "127.0.0.1";
        if (host.Contains(':', StringComparison.Ordinal)) host = $"[{host}]";
        return new GatewayAddress(new Uri($"{(config.Tls.Enable ? "https" : "http")}://{host}:{listener.Port}/"), TlsCertificate.Fingerprint(config.Tls), AddressSource.Configured);
    }
}
