namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Holds the running configuration and swaps it whole when its file changes. A file that cannot be used leaves the old configuration
/// in place and is reported.
/// </summary>
public sealed class ConfigWatcher
{
    /// <summary>The configuration that holds now.</summary>
    public GatewayConfig Current { get; private set; } = GatewayConfig.Default;

    /// <summary>A new configuration holds.</summary>
    public event EventHandler<ConfigChangedEventArgs>? Changed;

    internal void Swap(GatewayConfig next)
    {
        var previous = Current;
        Current = next;
        Changed?.Invoke(this, new ConfigChangedEventArgs(previous, next));
    }
}

/// <summary>One configuration gave way to another.</summary>
/// <param name="previous">What held before.</param>
/// <param name="current">What holds now.</param>
public sealed class ConfigChangedEventArgs(GatewayConfig previous, GatewayConfig current) : EventArgs
{
    /// <summary>What held before.</summary>
    public GatewayConfig Previous { get; } = previous;

    /// <summary>What holds now.</summary>
    public GatewayConfig Current { get; } = current;
}
