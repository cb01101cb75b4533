using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Listeners;

/// <summary>The listeners that are open, in the order of the configuration.</summary>
internal sealed class OpenListeners
{
    private readonly List<OpenListener> _all = [];

    /// <summary>The listeners; their addresses are known when the gateway listens.</summary>
    public IReadOnlyList<OpenListener> All => _all;

    /// <summary>Adds one, before the gateway listens.</summary>
    public OpenListener Add(ListenerOptions options)
    {
        var listener = new OpenListener(options);
        _all.Add(listener);
        return listener;
    }

    /// <summary>Tells the listeners their addresses.</summary>
    public void Opened(IReadOnlyList<Uri> addresses)
    {
        for (var index = 0; index < _all.Count && index < addresses.Count; index++) _all[index].Address = addresses[index];
    }
}

/// <summary>A listener that is open.</summary>
/// <param name="Options">As configured.</param>
internal sealed record OpenListener(ListenerOptions Options)
{
    /// <summary>How often it was asked.</summary>
    public ListenerUse Use { get; } = new();

    /// <summary>Its address; null until the gateway listens.</summary>
    public Uri? Address { get; set; }
}
