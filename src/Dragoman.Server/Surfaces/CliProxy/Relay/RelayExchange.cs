using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Dragoman.Server.Surfaces.CliProxy.Relay;

/// <summary>
/// A request that a worker performs: its answer begins with the first frame, and its body is what comes behind. A whole answer may come for a request that asked for a stream, and pieces of a
/// stream for one that did not.
/// </summary>
internal sealed class RelayExchange
{
    /// <summary>How much of an answer may wait for its reader; one that reads slower than that is ended, so that the others of the same worker go on.</summary>
    private const long MostUnread = 64L << 20;

    private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _written;
    private bool _ended;

    /// <summary>The answer, as soon as it has begun.</summary>
    public Task<HttpResponseMessage> Answer => _answer.Task;

    /// <summary>Takes a frame; true when it was the last.</summary>
    public async ValueTask<bool> TakeAsync(RelayFrame frame)
    {
        switch (frame.Type)
        {
            case "http_response":
                Begin(frame);
                await WriteAsync(frame.Find("body"));
                return End(null);
            case "stream_start":
                Begin(frame);
                return _ended;
            case "stream_chunk":
                Begin(frame);
                await WriteAsync(frame.Find("data"));
                return _ended;
            case "stream_end":
                Begin(frame);
                return End(null);
            case "error":
                return Fail(frame);
            default:
                return _ended;
        }
    }

    /// <summary>Ends it with a fault; nothing happens where it has ended.</summary>
    public bool End(Exception? fault)
    {
        if (_ended) return true;
        _ended = true;
        _body.Writer.Complete(fault);
        if (fault is not null) _answer.TrySetException(fault);
        return true;
    }

    private bool Fail(RelayFrame frame)
    {
        var message = frame.Find("error") ?? "The worker failed without a word.";
        if (_answer.Task.IsCompleted || frame.Status == 200) return End(new HttpRequestException($"The worker: {message}"));
        _answer.TrySetResult(new HttpResponseMessage((HttpStatusCode)frame.Status) { Content = new StringContent(message, Encoding.UTF8, "text/plain") });
        return End(null);
    }

    private void Begin(RelayFrame frame)
    {
        if (_answer.Task.IsCompleted) return;
        var answer = new HttpResponseMessage((HttpStatusCode)frame.Status) { Content = new StreamContent(_body.Reader.AsStream()) };
        foreach (var (name, value) in frame.Headers)
        {
            // The body is text here: what it was packed in, and how long it was, is past.
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            if (!answer.Headers.TryAddWithoutValidation(name, value)) answer.Content.Headers.TryAddWithoutValidation(name, value);
        }

        _answer.TrySetResult(answer);
    }

    private async ValueTask WriteAsync(string? text)
    {
        if (_ended || text is not { Length: > 0 }) return;
        var bytes = Encoding.UTF8.GetBytes(text);
        if ((_written += bytes.Length) > MostUnread)
        {
            End(new HttpRequestException("The worker's answer is too large."));
            return;
        }

        // Nobody waits: a slow reader must not hold up the others of the same worker.
        await _body.Writer.WriteAsync(bytes);
    }
}
