namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>The upstream of a test class: started once, used by its tests one after the other.</summary>
public abstract class UpstreamFixture : IAsyncLifetime
{
    private IUpstream? _running;

    /// <summary>The upstream; the test is skipped when it cannot be had.</summary>
    internal async Task<IUpstream> GetAsync() => _running ??= await StartAsync();

    private protected abstract Task<IUpstream> StartAsync();

    /// <inheritdoc/>
    // Started by the first test, because only a test can be skipped.
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_running is not null) await _running.DisposeAsync();
    }
}

/// <summary>aimock as upstream.</summary>
public sealed class AimockFixture : UpstreamFixture
{
    private protected override async Task<IUpstream> StartAsync() => await Aimock.StartAsync();
}

/// <summary>Our emulators as upstream.</summary>
public sealed class EmulatorFixture : UpstreamFixture
{
    private protected override async Task<IUpstream> StartAsync() => await EmulatedUpstream.StartAsync();
}
