using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Dragoman.Management;
using Dragoman.Management.Flows;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Writes events to listeners over HTTP, with heartbeats; a bounded number of them.</summary>
internal sealed class EventStreamWriter(GracefulShutdown shutdown, TimeProvider time)
{
    private const int MostListeners = 100;
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);
    private int _listeners;

    public async Task ListenAsync(HttpContext context, IReadOnlyList<EventSource> sources)
    {
        if (Interlocked.Increment(ref _listeners) > MostListeners)
        {
            Interlocked.Decrement(ref _listeners);
            await ManagementErrorResult.From(ManagementError.Conflict($"{MostListeners} listen already; close one.", "too_many_listeners")).ExecuteAsync(context);
            return;
        }

        // A stop does not wait for listeners.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, shutdown.Begun);
        try
        {
            await WriteAsync(context, sources, gone);
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

    private async Task WriteAsync(HttpContext context, IReadOnlyList<EventSource> sources, CancellationTokenSource gone)
    {
        var events = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { SingleReader = true });
        // Sources listen from before the first byte: what happens after a client sees the answer begin is told to it.
        var running = Task.WhenAll(sources.Select(source => source((name, data) => events.Writer.WriteAsync(FrameOf(name, data), gone.Token), gone.Token)));
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no";
        await response.WriteAsync(": listening\n\n", gone.Token);
        await response.Body.FlushAsync(gone.Token);
        try
        {
            while (await NextAsync(events.Reader, running, response, gone.Token))
            {
                while (events.Reader.TryRead(out var frame)) await response.WriteAsync(frame, gone.Token);
                await response.Body.FlushAsync(gone.Token);
            }

            // A source that has ended may have reported once more before.
            while (events.Reader.TryRead(out var last)) await response.WriteAsync(last, gone.Token);
        }
        finally
        {
            await gone.CancelAsync();
            await Task.WhenAny(running);
        }
    }

    /// <summary>Waits for an event, with heartbeats; false when a source has failed.</summary>
    private async Task<bool> NextAsync(ChannelReader<string> events, Task running, HttpResponse response, CancellationToken cancellationToken)
    {
        var next = events.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            try
            {
                var first = await Task.WhenAny(next, running).WaitAsync(KeepAliveInterval, time, cancellationToken);
                return first == next && await next;
            }
            catch (TimeoutException)
            {
                await response.WriteAsync(": heartbeat\n\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
    }

    private static string FrameOf(string name, object data)
    {
        var identified = data as IdentifiedEvent;
        data = identified?.Data ?? data;
        var text = new StringBuilder();
        if (identified?.Id is { } id) text.Append("id: ").Append(id).Append('\n');
        else if (data is INumberedEvent numbered) text.Append("id: ").Append(numbered.Number).Append('\n');
        text.Append("event: ").Append(name).Append("\ndata: ");
        return text.Append(JsonSerializer.Serialize(data, data.GetType(), ManagementJson.Options)).Append("\n\n").ToString();
    }
}

/// <summary>An event with a number, which is sent as its id: a browser that connects again names the last one.</summary>
internal interface INumberedEvent
{
    /// <summary>The number.</summary>
    long Number { get; }
}

/// <summary>An answer of events that goes on until the listener leaves.</summary>
internal sealed class EventStreamResult(EventStreamWriter lines, IReadOnlyList<EventSource> sources) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => lines.ListenAsync(httpContext, sources);
}
