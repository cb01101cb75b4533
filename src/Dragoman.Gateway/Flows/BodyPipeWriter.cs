using System.IO.Pipelines;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Flows;

/// <summary>A client's pipe whose bytes are kept for a flow.</summary>
internal sealed class BodyPipeWriter(PipeWriter inner, BodyCollector bytes) : TeePipeWriter(inner)
{
    /// <inheritdoc/>
    protected override void Observe(ReadOnlySpan<byte> written) => bytes.Append(written);
}
