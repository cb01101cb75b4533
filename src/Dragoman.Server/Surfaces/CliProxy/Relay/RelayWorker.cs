using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Surfaces.CliProxy.Relay;

/// <summary>
/// A worker at the other end of a socket (a page of AI Studio): it performs the HTTP requests of an account, which its handler sends here instead of over the network.
/// </summary>
internal sealed class RelayWorker(WebSocket socket, TimeProvider time) : HttpMessageHandler
{
    private const int MostBytes = 64 << 20;
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, RelayExchange> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Reads the worker's frames until it leaves; then every open request fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var message = new PooledBuffer(16 * 1024);
            while (await ReadAsync(message, cancellationToken))
            {
                if (RelayFrame.Read(message.WrittenMemory) is { } frame) await TakeAsync(frame, cancellationToken);
                message.Clear();
            }
        }
        catch (Exception ex) when (ex is WebSocketException or OperationCanceledException or IOException)
        {
            // It has left without a word.
        }
        finally
        {
            foreach (var (_, exchange) in _open) exchange.End(new HttpRequestException("The worker has left."));
            _open.Clear();
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var exchange = new RelayExchange();
        _open[id] = exchange;
        var left = cancellationToken.Register(() => Forget(id));
        try
        {
            var headers = new JsonObject();
            foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())) headers[name] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
            headers.Remove("Content-Length");
            await WriteAsync(new RelayFrame(id, "http_request", new JsonObject
            {
                ["method"] = request.Method.Method,
                ["url"] = request.RequestUri!.AbsoluteUri,
                ["headers"] = headers,
                ["body"] = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
                ["sent_at"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
            }), cancellationToken);
            var answer = await exchange.Answer.WaitAsync(cancellationToken);
            answer.RequestMessage = request;
            return answer;
        }
        catch (Exception ex)
        {
            Forget(id);
            if (ex is WebSocketException or IOException or ObjectDisposedException) throw new HttpRequestException("The worker has left.", ex);
            throw;
        }
        finally
        {
            // An answer that goes on is ended by its last frame, or with the worker.
            if (!exchange.Answer.IsCompletedSuccessfully) left.Dispose();
        }
    }

    private async ValueTask TakeAsync(RelayFrame frame, CancellationToken cancellationToken)
    {
        if (frame.Type == "ping") await WriteAsync(new RelayFrame(frame.Id, "pong", []), cancellationToken);
        else if (_open.TryGetValue(frame.Id, out var exchange) && await exchange.TakeAsync(frame)) _open.TryRemove(frame.Id, out _);
    }

    private void Forget(string id)
    {
        if (_open.TryRemove(id, out var exchange)) exchange.End(new OperationCanceledException());
    }

    private async Task WriteAsync(RelayFrame frame, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(WriteLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _writing.WaitAsync(either.Token);
        try
        {
            await socket.SendAsync(frame.ToBytes(), WebSocketMessageType.Text, endOfMessage: true, either.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads a message whole; false when the worker closes, or sends more than may be.</summary>
    private async Task<bool> ReadAsync(PooledBuffer message, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await socket.ReceiveAsync(message.GetMemory(16 * 1024), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close) return false;
            message.Advance(read.Count);
            if (message.Length > MostBytes) return false;
            if (read.EndOfMessage) return true;
        }
    }
}
