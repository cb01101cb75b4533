using System.Text;
using System.Threading.Channels;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Streams the log to pages: a frame of only <c>data:</c> for each line, and comments while there is none. A stop does not wait for listeners.</summary>
internal sealed class LogStream(RecentLog log, GracefulShutdown shutdown, TimeProvider time)
{
    private const int MostListeners = 32;
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(20);
    private int _listeners;

    /// <summary>Streams it.</summary>
    /// <param name="history">Whether the lines that are kept come first.</param>
    /// <param name="full">The answer to one listener too many.</param>
    public SurfaceAnswer Follow(bool history, SurfaceAnswer full)
    {
        if (Volatile.Read(ref _listeners) >= MostListeners) return full;
        return SurfaceAnswer.Stream(context => WriteAsync(context, history));
    }

    private async Task WriteAsync(HttpContext context, bool history)
    {
        Interlocked.Increment(ref _listeners);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, shutdown.Begun);
        try
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            response.Headers["x-accel-buffering"] = "no";
            var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LogEntries.Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
            var following = FollowAsync(lines.Writer, history, gone.Token);
            await response.Body.FlushAsync(gone.Token);
            try
            {
                while (await NextAsync(lines.Reader, response, gone.Token))
                {
                    while (lines.Reader.TryRead(out var frame)) await response.WriteAsync(frame, gone.Token);
                    await response.Body.FlushAsync(gone.Token);
                }
            }
            finally
            {
                await gone.CancelAsync();
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception ex) when (ex is OperationCanceledException or IOException)
        {
            // The listener has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task FollowAsync(ChannelWriter<string> frames, bool history, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var skipped = history ? Math.Max(0, log.Last - LogEntries.Kept) : 0;
        await foreach (var line in log.FollowAsync(history, cancellationToken))
        {
            if (line.Number <= skipped) continue;
            text.Clear().Append("data: ").Append(LogEntries.From(line).ToJsonString(SurfaceAnswer.Plain)).Append("\n\n");
            frames.TryWrite(text.ToString());
        }
    }

    /// <summary>Waits for a line, with comments.</summary>
    private async Task<bool> NextAsync(ChannelReader<string> frames, HttpResponse response, CancellationToken cancellationToken)
    {
        var next = frames.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(KeepAliveInterval, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await response.WriteAsync(": ping\n\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
    }
}
