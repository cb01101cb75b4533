using System.IO.Pipelines;
using Dragoman.Gateway.Keys;

namespace Dragoman.Gateway.Relay;

/// <summary>A client's channel that notes when the answer began and how much it is, and adds how the client stands with its limits.</summary>
internal sealed class MeteredChannel(IClientChannel inner, Pass pass, TimeProvider time) : IClientChannel
{
    private readonly MeteredBody _body = new(inner.Body, pass);

    public PipeWriter Body => _body;

    public bool HasBegun => inner.HasBegun;

    /// <summary>When the answer's headers were set, as a timestamp of the clock; null while they are not.</summary>
    public long? BegunAt { get; private set; }

    /// <summary>How much has gone out.</summary>
    public AnswerSize Sent => _body.Sent;

    public void Abort() => inner.Abort();

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        BegunAt ??= time.GetTimestamp();
        inner.Begin(status, contentType, pass.Headers.Count == 0 ? headers : headers with { Limits = pass.Headers });
    }
}
