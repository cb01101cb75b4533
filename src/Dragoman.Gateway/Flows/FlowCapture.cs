using System.IO.Pipelines;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Flows;

/// <summary>Takes the bodies of one request as they pass. Only copies; what is to be said of them is found out later, on another task.</summary>
public sealed class FlowCapture : IBodyCapture, IDisposable
{
    private readonly int _limit;
    private readonly MemoryShare _share;
    private readonly List<Part> _parts = [];
    private readonly BodyCollector _answer;
    private string _answerType = "application/json";
    private Part? _request;

    /// <param name="limit">The most bytes of one body.</param>
    /// <param name="memory">What all bodies are counted in; null for nothing.</param>
    internal FlowCapture(int limit, MemoryBudget? memory = null)
    {
        _limit = limit;
        _share = new MemoryShare(memory);
        _answer = new BodyCollector(limit, share: _share);
    }

    /// <summary>What crossed the wires, in order.</summary>
    internal IEnumerable<Part> Parts
    {
        get
        {
            if (_request is { } request) yield return request;
            foreach (var part in _parts) yield return part;
            if (_answer.Length > 0) yield return new Part(FlowBodyKind.ClientAnswer, Math.Max(0, _parts.Count == 0 ? 0 : _parts[^1].Attempt), _answerType, _answer);
        }
    }

    /// <summary>Whether the request was a stream told by its address; what reading it again needs.</summary>
    internal RequestTarget Target { get; private set; }

    /// <summary>How many bytes it keeps.</summary>
    internal long Kept => (_request?.Bytes?.Kept ?? 0) + _answer.Kept + _parts.Sum(part => part.Bytes?.Kept ?? 0L);

    /// <inheritdoc/>
    public void Dispose()
    {
        _request?.Bytes?.Dispose();
        foreach (var part in _parts) part.Bytes?.Dispose();
        _answer.Dispose();
        _share.Dispose();
    }

    internal void TakeClientRequest(ClientRequest request)
    {
        Target = request.Target;
        _request = Whole(FlowBodyKind.ClientRequest, 0, request.Body.Span);
    }

    /// <inheritdoc/>
    public void OnUpstreamRequest(int attempt, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> clientBody)
        => _parts.Add(body.Equals(clientBody) ? new Part(FlowBodyKind.UpstreamRequest, attempt, "application/json", null) { Length = body.Length } : Whole(FlowBodyKind.UpstreamRequest, attempt, body.Span));

    /// <inheritdoc/>
    public async ValueTask OnUpstreamResponseAsync(int attempt, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        var type = response.Content.Headers.ContentType?.ToString() ?? "";
        // Half a binary frame is no use to anybody: of such streams the beginning is kept.
        var bytes = new BodyCollector(_limit, headOnly: type.StartsWith(FlowBodies.AwsEventStream, StringComparison.OrdinalIgnoreCase), _share);
        _parts.Add(new Part(FlowBodyKind.UpstreamAnswer, attempt, type, bytes));
        response.Content = await TeeHttpContent.OverAsync(response.Content, bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IResponseChannel Wrap(IResponseChannel channel) => new WatchedChannel(channel, this);

    private Part Whole(FlowBodyKind kind, int attempt, ReadOnlySpan<byte> body)
    {
        // Media goes first, so that one image does not push all words out.
        var bytes = new BodyCollector(_limit, share: _share);
        var marks = MediaPlaceholders.Write(body, bytes.Append);
        return new Part(kind, attempt, "application/json", bytes) { Length = body.Length, MediaLeftOut = marks > 0 };
    }

    /// <summary>One body.</summary>
    /// <param name="Kind">Which.</param>
    /// <param name="Attempt">Of which attempt.</param>
    /// <param name="MediaType">Its media type.</param>
    /// <param name="Bytes">What is kept; null where it is the client's request unchanged.</param>
    internal sealed record Part(FlowBodyKind Kind, int Attempt, string MediaType, BodyCollector? Bytes)
    {
        private readonly long? _length;

        /// <summary>The bytes there were.</summary>
        public long Length
        {
            get => _length ?? Bytes?.Length ?? 0;
            init => _length = value;
        }

        public bool MediaLeftOut { get; init; }
    }

    private sealed class WatchedChannel(IResponseChannel inner, FlowCapture owner) : IResponseChannel
    {
        private BodyPipeWriter? _pipe;

        public PipeWriter Body => _pipe ??= new BodyPipeWriter(inner.Body, owner._answer);

        public bool HasBegun => inner.HasBegun;

        public void Begin(int status, string contentType, AnswerHeaders headers)
        {
            owner._answerType = contentType;
            inner.Begin(status, contentType, headers);
        }

        public void Abort() => inner.Abort();
    }
}
