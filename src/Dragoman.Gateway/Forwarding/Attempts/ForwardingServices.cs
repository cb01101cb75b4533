using Dragoman.Gateway.Forwarding.Signatures;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Forwarding.Transport.Sockets;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Attempts;

/// <summary>What the relay works with; one for the whole gateway.</summary>
/// <param name="Router">Chooses who answers.</param>
/// <param name="Providers">The kinds of upstream.</param>
/// <param name="Http">The connections.</param>
/// <param name="Time">The clock.</param>
public sealed record ForwardingServices(IRouter Router, ProviderRegistry Providers, UpstreamTransport Http, TimeProvider Time) : IDisposable
{
    private readonly Func<ForwardingOptions> _options = static () => new ForwardingOptions();

    /// <summary>The settings in force now.</summary>
    public ForwardingOptions Options => _options();

    /// <summary>Where the settings are taken from, anew for every request.</summary>
    public Func<ForwardingOptions> OptionsSource
    {
        init => _options = value;
    }

    /// <summary>The one timer of all that waits.</summary>
    internal SharedTimer Timer { get; } = new(Time);

    /// <summary>Which addresses of upstreams were broken a moment ago.</summary>
    internal HostOrder Hosts { get; } = new(Time);

    /// <summary>The connections to vendors that are asked over WebSockets.</summary>
    internal SocketTransport Sockets { get; } = new(Http, Time);

    /// <summary>Spreads out those who wait for the same moment: a number from 0 to 1.</summary>
    public Func<double> Jitter { get; init; } = static () => System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000) / 1_000.0;

    /// <summary>What large bodies, frames and answers are counted in, all together; null for no limit.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>Cancelled when open answers shall end now, because the gateway stops.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>Renews logins; null where accounts have none.</summary>
    public ICredentialRenewal? Renewal { get; init; }

    /// <summary>Keeps reasoning signatures for clients whose protocol has no place for them.</summary>
    public ReasoningSignatureCache ReasoningSignatures { get; init; } = new();

    /// <summary>Lets go of the connections that are idle.</summary>
    public void Dispose() => Sockets.Dispose();
}
