using System.IO.Pipelines;

namespace Dragoman.Gateway.Relay;

/// <summary>A client's channel that notes when the answer began and adds how the client stands with its limits.</summary>
internal sealed class MeteredChannel(IClientChannel inner, IReadOnlyList<KeyValuePair<string, string>> limits, TimeProvider time) : IClientChannel
{
    public PipeWriter Body => inner.Body;

    public bool HasBegun => inner.HasBegun;

    /// <summary>When the answer's headers were set, as a timestamp of the clock; null while they are not.</summary>
    public long? BegunAt { get; private set; }

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        BegunAt ??= time.GetTimestamp();
        inner.Begin(status, contentType, limits.Count == 0 ? headers : headers with { Limits = limits });
    }
}
