namespace Dragoman.Management.Hosting;

/// <summary>The process that the use cases run in, as its host knows it.</summary>
public interface IGatewayProcess
{
    /// <summary>Its name among other processes on the same store.</summary>
    string NodeId { get; }

    /// <summary>Since when it runs.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Whether it refuses new requests, because it is about to stop.</summary>
    bool IsDraining { get; }

    /// <summary>How many requests are being answered.</summary>
    int OpenRequests { get; }

    /// <summary>Whether <see cref="Restart"/> does anything: whoever runs the process starts it again within it.</summary>
    bool CanRestart { get; }

    /// <summary>Asks for a stop that lets open requests finish, and a start behind it. Returns at once.</summary>
    void Restart();

    /// <summary>Cancelled when requests that no connection waits for have to end.</summary>
    CancellationToken Stopping { get; }
}
