using System.Net;
using System.Net.Sockets;

namespace Dragoman.Storage.Tests.Support;

/// <summary>A way to a server that can be made to hang: connections stay open and are accepted, and nothing passes until it goes on.</summary>
public sealed class StallingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int target;
    private volatile TaskCompletionSource passes = Done();
    private int open;

    public StallingProxy(int port)
    {
        target = port;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections there are.</summary>
    public int Open => Volatile.Read(ref open);

    public void Stall() => passes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => passes.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        GoOn();
        listener.Dispose();
        stop.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref open);
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                await Task.WhenAny(PumpAsync(client.GetStream(), server.GetStream()), PumpAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of them has gone.
            }
        }

        Interlocked.Decrement(ref open);
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await from.ReadAsync(buffer, stop.Token);
            await passes.Task;
            if (count == 0) return;
            await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }
}
