namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>Waiting for bytes without holding room for them.</summary>
internal static class StreamWaiting
{
    /// <summary>Waits until the stream has bytes to read, or has ended: an empty read, which HTTP streams answer just then.</summary>
    public static async ValueTask WaitForBytesAsync(this Stream stream, CancellationToken cancellationToken)
    {
#pragma warning disable CA2022 // Nothing is read, so nothing can be read inexactly.
        _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
#pragma warning restore CA2022
    }
}
