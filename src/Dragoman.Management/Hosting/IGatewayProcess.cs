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

    /// <summary>Cancelled when requests that no connection waits for have to end.</summary>
    CancellationToken Stopping { get; }
}
