using Dragoman.Emulators;

namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>Our own emulators, which refuse what the providers refuse and tell which rule was broken.</summary>
internal sealed class EmulatedUpstream : IUpstream
{
    private readonly EmulatorHost _host;

    private EmulatedUpstream(EmulatorHost host) => _host = host;

    /// <inheritdoc/>
    public Uri Address => _host.Address;

    /// <summary>Starts them on a free port.</summary>
    public static async Task<EmulatedUpstream> StartAsync() => new(await EmulatorHost.StartAsync());

    /// <inheritdoc/>
    public Task<IReadOnlyList<SeenRequest>> TakeRequestsAsync()
    {
        IReadOnlyList<SeenRequest> seen = [.. _host.Requests.Select(request => new SeenRequest(Uri.UnescapeDataString(request.Target), request.Status, request.Refused, request.Text))];
        _host.Reset();
        return Task.FromResult(seen);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

}
