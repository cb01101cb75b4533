using System.Net;
using System.Net.Sockets;

namespace Dragoman.Bench.Upstream;

/// <summary>
/// A deterministic upstream on bare sockets, as cheap as it can be: every answer is bytes prepared beforehand, and a request is looked at
/// only as far as needed to pick one. It is no emulator: it checks nothing.
/// </summary>
internal sealed class MockUpstream
{
    private static readonly byte[] NotFound = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 42\r\n\r\n{\"error\":{\"message\":\"no such path here\"}} "u8.ToArray();
    private readonly PacingWheel _wheel = new();

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var port = arguments.Number("port", 9100);
        var tied = arguments.Has("tied");
        arguments.Finish();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(8_192);
        if (tied) ParentTie.Start();
        Console.WriteLine($"upstream listens on http://127.0.0.1:{port}");
        var upstream = new MockUpstream();
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = upstream.ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        var request = new RequestBuffer();
        try
        {
            while (true)
            {
                while (!request.IsComplete())
                {
                    // While a paced stream runs this read is pending too: it ends when the other side leaves.
                    var received = await socket.ReceiveAsync(request.Free());
                    if (received == 0) return;
                    request.Advance(received);
                }

                var answer = RequestSniff.Find(request.Path, request.Body);
                request.Reset();
                await socket.SendAsync((answer?.First ?? NotFound).AsMemory());
                if (answer is { Paced.Length: > 0 }) _wheel.Add(socket, answer);
            }
        }
        catch (Exception ex) when (ex is SocketException or InvalidDataException)
        {
            // The other end left, or speaks no HTTP.
        }
    }
}
