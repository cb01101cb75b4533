namespace Dragoman.Gateway.Providers;

/// <summary>What a message on a vendor's WebSocket is.</summary>
public enum SocketMessageKind
{
    /// <summary>An event of the answer.</summary>
    Event,

    /// <summary>An event beside the answer: limits, timings.</summary>
    Beside,

    /// <summary>The last event of the answer.</summary>
    Last,

    /// <summary>An error that ends the answer. Before anything of the answer it is what an error's status and body are over HTTP; behind that it is an event.</summary>
    Error,

    /// <summary>The connection has served its time: the request goes over another.</summary>
    Expired,
}

/// <summary>What a message on a vendor's WebSocket means.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The name that its event has over HTTP; empty for none.</param>
/// <param name="Data">The data that its event has over HTTP.</param>
public readonly record struct SocketMessage(SocketMessageKind Kind, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Data)
{
    /// <summary>Of an error, the status that HTTP would have; null where it names none.</summary>
    public int? Status { get; init; }

    /// <summary>Of an error, the body that HTTP would have.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What it says that HTTP says in headers. Names must be fit for headers of a response.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
