using System.Net;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Configuration;

/// <summary>One address to listen on.</summary>
/// <param name="Host">An IP address, <c>localhost</c>, a host name, or empty for every interface.</param>
/// <param name="Port">The TCP port; 0 lets the system choose.</param>
/// <param name="Surface">The face it shows.</param>
public sealed record ListenerOptions(string Host, int Port, Surface Surface)
{
    /// <summary>Our own face on loopback.</summary>
    public static ListenerOptions Default { get; } = new("127.0.0.1", GatewayConfig.DefaultPort, Surface.Dragoman);

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IsLoopbackHost(Host);

    /// <summary>Whether a host name or address is this machine alone.</summary>
    public static bool IsLoopbackHost(string host)
    {
        var bare = host.Trim('[', ']');
        if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(bare, out var address) && IPAddress.IsLoopback(address);
    }

    /// <summary>The port a surface opens when its listener names none.</summary>
    public static int DefaultPortOf(Surface surface) => surface switch
    {
        Surface.Kiro or Surface.Antigravity => 8080,
        Surface.Codex => 8081,
        Surface.Bedrock => 8000,
        _ => GatewayConfig.DefaultPort,
    };
}
