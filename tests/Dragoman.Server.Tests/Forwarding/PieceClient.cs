using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>An HTTP client that gives the body in the pieces in which it was sent: undici hands each of them on by itself, other clients join them.</summary>
internal sealed class PieceClient : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly Stream _stream;

    private PieceClient(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = new BufferedStream(tcp.GetStream());
    }

    /// <summary>The status line and the headers.</summary>
    public string Head { get; private set; } = "";

    public static async Task<PieceClient> PostAsync(Uri gateway, string path, string json, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(gateway.Host, gateway.Port, cancellationToken);
        var client = new PieceClient(tcp);
        var body = Encoding.UTF8.GetBytes(json);
        await client._stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {gateway.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), cancellationToken);
        await client._stream.WriteAsync(body, cancellationToken);
        await client._stream.FlushAsync(cancellationToken);
        while (await client.LineAsync(cancellationToken) is { Length: > 0 } line) client.Head += line + "\n";
        return client;
    }

    /// <summary>The next piece; null at the body's end.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        var length = int.Parse(await LineAsync(cancellationToken), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes, cancellationToken);
        await LineAsync(cancellationToken);
        return length == 0 ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>All pieces that are still to come.</summary>
    public async Task<List<string>> RestAsync(CancellationToken cancellationToken)
    {
        List<string> pieces = [];
        while (await NextAsync(cancellationToken) is { } piece) pieces.Add(piece);
        return pieces;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await _stream.ReadExactlyAsync(one, cancellationToken);
            if (one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }
}
