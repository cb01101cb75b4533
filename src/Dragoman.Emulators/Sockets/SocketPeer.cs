using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Emulators.Sockets;

/// <summary>The server's end of a WebSocket (RFC 6455), written out by hand: strict about what clients send, and able to tear what it sends.</summary>
internal sealed class SocketPeer(Stream stream) : IDisposable
{
    /// <summary>A text.</summary>
    public const int Text = 1;

    /// <summary>Bytes.</summary>
    public const int Binary = 2;

    /// <summary>The end.</summary>
    public const int Close = 8;

    /// <summary>Whether somebody is there.</summary>
    public const int Ping = 9;

    /// <summary>That somebody is there.</summary>
    public const int Pong = 10;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>What answers a handshake's key.</summary>
    public static string AcceptFor(string key)
    {
#pragma warning disable CA5350 // The protocol says so.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>Reads a frame; null at the end.</summary>
    /// <param name="largest">The most bytes that it may have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketFault">The client does what a client must not.</exception>
    public async Task<(int Kind, byte[] Payload)?> ReadAsync(int largest, CancellationToken cancellationToken)
    {
        var head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken) < 2) return null;
        if ((head[0] & 0x70) != 0) throw new SocketFault(1002, "reserved bits");
        if ((head[1] & 0x80) == 0) throw new SocketFault(1002, "not masked");
        if ((head[0] & 0x80) == 0 || (head[0] & 0x0F) == 0) throw new SocketFault(1003, "one document a frame");
        var length = (head[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ExactlyAsync(2, cancellationToken)),
            127 => BinaryPrimitives.ReadInt64BigEndian(await ExactlyAsync(8, cancellationToken)),
            var few => few,
        };
        var mask = await ExactlyAsync(4, cancellationToken);
        if (length < 0 || length > largest)
        {
            // What is on its way is taken, or the farewell would not arrive.
            var rest = new byte[64 * 1024];
            while (length > 0 && await stream.ReadAsync(rest, cancellationToken) is > 0 and var count) length -= count;
            throw new SocketFault(1009, "message too big");
        }

        var payload = await ExactlyAsync((int)length, cancellationToken);
        for (var at = 0; at < payload.Length; at++) payload[at] ^= mask[at % 4];
        return (head[0] & 0x0F, payload);
    }

    /// <summary>Sends a frame, or as much of it as there may be.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">What is in it.</param>
    /// <param name="tear">Whether every byte is sent on its own.</param>
    /// <param name="most">So many bytes are sent at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many bytes were sent.</returns>
    public async Task<int> SendAsync(int kind, byte[] payload, bool tear = false, int most = int.MaxValue, CancellationToken cancellationToken = default)
    {
        var frame = Frame(kind, payload);
        var count = Math.Min(most, frame.Length);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var step = tear ? 1 : count;
            for (var at = 0; at < count; at += step)
            {
                await stream.WriteAsync(frame.AsMemory(at, Math.Min(step, count - at)), cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }

        return count;
    }

    /// <summary>Says farewell.</summary>
    public Task CloseAsync(int code, string why, CancellationToken cancellationToken)
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(why)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetBytes(why, payload.AsSpan(2));
        return SendAsync(Close, payload, cancellationToken: cancellationToken);
    }

    /// <summary>Takes what still comes, until the client has closed.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[4096];
        while (await stream.ReadAsync(rest, cancellationToken) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static byte[] Frame(int kind, byte[] payload)
    {
        var head = payload.Length < 126 ? 2 : payload.Length <= ushort.MaxValue ? 4 : 10;
        var frame = new byte[head + payload.Length];
        frame[0] = (byte)(0x80 | kind);
        if (head == 2) frame[1] = (byte)payload.Length;
        else if (head == 4)
        {
            frame[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }
        else
        {
            frame[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        }

        payload.CopyTo(frame, head);
        return frame;
    }

    private async Task<byte[]> ExactlyAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}

/// <summary>A client that does what a client must not; the connection is closed with the code.</summary>
internal sealed class SocketFault(int code, string why) : Exception(why)
{
    public int Code => code;
}
