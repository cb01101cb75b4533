using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses;

/// <summary>Takes an answer in, for whoever in this process asked for it.</summary>
internal sealed class CollectingChannel : IResponseChannel, IDisposable
{
    private readonly CallbackPipeWriter _pipe;

    public CollectingChannel() => _pipe = new CallbackPipeWriter((bytes, _) =>
    {
        Answer.Append(bytes.Span);
        return ValueTask.CompletedTask;
    });

    /// <summary>What came.</summary>
    public AnswerFrames Answer { get; } = new();

    /// <summary>The headers it came with.</summary>
    public AnswerHeaders Headers { get; private set; } = new();

    public PipeWriter Body => _pipe;

    public bool HasBegun => Answer.Status != 0;

    /// <summary>There is no connection to break off.</summary>
    public void Abort()
    {
    }

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        Answer.Begin(status, contentType);
        Headers = headers;
    }

    public void Dispose()
    {
        _pipe.Dispose();
        Answer.Dispose();
    }
}
