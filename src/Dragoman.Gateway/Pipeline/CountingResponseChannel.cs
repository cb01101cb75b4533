using System.IO.Pipelines;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Pipeline;

/// <summary>A client's channel that notes when the answer began and how much it is, and adds how the client stands with its limits.</summary>
internal sealed class CountingResponseChannel(IResponseChannel inner, AdmissionLease lease, TimeProvider time) : IResponseChannel
{
    private readonly CountingPipeWriter _body = new(inner.Body, lease);

    public PipeWriter Body => _body;

    public bool HasBegun => inner.HasBegun;

    /// <summary>When the answer's headers were set, as a timestamp of the clock; null while they are not.</summary>
    public long? BegunAt { get; private set; }

    /// <summary>How much has gone out.</summary>
    public ResponseSize Sent => _body.Sent;

    public void Abort() => inner.Abort();

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        BegunAt ??= time.GetTimestamp();
        inner.Begin(status, contentType, lease.Headers.Count == 0 ? headers : headers with { Limits = lease.Headers });
    }
}
