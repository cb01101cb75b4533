using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Dragoman.Server.Hosting;

/// <summary>
/// Bounds the connections of clients below what the process may have open: without file handles nothing works any more, not even to say so. Who
/// comes beyond it is told 503 (over TLS only closed upon) before anything of the request is read; the log says so once a minute.
/// </summary>
internal sealed partial class ConnectionLimit(int most, TimeProvider time, ILogger log)
{
    /// <summary>Handles for the store, the log, listeners and the runtime itself.</summary>
    private const int Reserve = 256;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(250);
    private int _open;
    private long _refused;
    private long _loggedAt = long.MinValue;

    /// <summary>How many there may be.</summary>
    public int MaxConnections => most;

    /// <summary>How many there are.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>What a configuration and the limit of open files come to: every client may need a connection to an upstream as well.</summary>
    public static int For(int configured, long? files)
    {
        var room = files is { } limit ? (int)Math.Clamp((limit - Math.Min(Reserve, limit / 2)) / 2, 8, int.MaxValue) : int.MaxValue;
        return configured > 0 ? Math.Min(configured, room) : room;
    }

    /// <summary>Serves a connection, or refuses it.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next, bool isSecure)
    {
        if (Interlocked.Increment(ref _open) <= most)
        {
            try
            {
                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }

            return;
        }

        Interlocked.Decrement(ref _open);
        LogLimit();
        if (!isSecure) await RefuseAsync(connection);
        connection.Abort();
    }

    private static async Task RefuseAsync(ConnectionContext connection)
    {
        try
        {
            connection.Transport.Output.Write("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Type: text/plain\r\nContent-Length: 38\r\n\r\nThis gateway has too many connections."u8);
            await connection.Transport.Output.FlushAsync();
            await connection.Transport.Output.CompleteAsync();
            // Closed at once over unread bytes, the answer would be lost with the connection.
            using var timeout = new CancellationTokenSource(Farewell);
            var input = connection.Transport.Input;
            while (await input.ReadAsync(timeout.Token) is { IsCompleted: false } read) input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or ConnectionAbortedException or InvalidOperationException)
        {
            // The client was faster, or waits for more.
        }
    }

    private void LogLimit()
    {
        var refused = Interlocked.Increment(ref _refused);
        var now = time.GetTimestamp();
        var reported = Volatile.Read(ref _loggedAt);
        if (reported != long.MinValue && time.GetElapsedTime(reported, now) < Quiet) return;
        if (Interlocked.CompareExchange(ref _loggedAt, now, reported) == reported) LogRefused(most, refused);
    }

    [LoggerMessage(11, LogLevel.Warning, "There are {Most} connections of clients, as many as may be (limits.max-connections, or the limit of open files); {Refused} were refused since the start.")]
    private partial void LogRefused(int most, long refused);
}
