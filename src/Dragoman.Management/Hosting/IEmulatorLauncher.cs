namespace Dragoman.Management.Hosting;

/// <summary>Starts emulated upstreams in this process.</summary>
public interface IEmulatorLauncher
{
    /// <summary>Starts them on a free port of this machine's loopback.</summary>
    Task<IEmulatedUpstreams> StartAsync(CancellationToken cancellationToken);
}

/// <summary>Emulated upstreams that run; disposing of them ends them.</summary>
public interface IEmulatedUpstreams : IAsyncDisposable
{
    /// <summary>Where they listen.</summary>
    Uri Address { get; }

    /// <summary>Accounts at them, as a configuration file would have them.</summary>
    string Configuration { get; }
}
