using System.IO.Pipelines;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Takes an answer in, for whoever in this process asked for it.</summary>
public sealed class CollectingChannel : IResponseChannel, IDisposable
{
    private readonly CallbackPipeWriter _pipe;

    /// <summary>Makes an empty one.</summary>
    public CollectingChannel() => _pipe = new CallbackPipeWriter((bytes, _) =>
    {
        Answer.Append(bytes.Span);
        return ValueTask.CompletedTask;
    });

    /// <summary>What came.</summary>
    public AnswerFrames Answer { get; } = new();

    /// <summary>The headers it came with.</summary>
    public AnswerHeaders Headers { get; private set; } = new();

    /// <inheritdoc/>
    public PipeWriter Body => _pipe;

    /// <inheritdoc/>
    public bool HasBegun => Answer.Status != 0;

    /// <summary>There is no connection to break off.</summary>
    public void Abort()
    {
    }

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        Answer.Begin(status, contentType);
        Headers = headers;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pipe.Dispose();
        Answer.Dispose();
    }
}
