using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>Counts of either publisher's models.</summary>
internal sealed class VertexTokenCounts : ITokenCountReader
{
    private static readonly TokenCountField Google = new("totalTokens");

    private static readonly TokenCountField Anthropic = new("input_tokens");

    /// <inheritdoc/>
    public long? Read(ReadOnlyMemory<byte> body) => Google.Read(body) ?? Anthropic.Read(body);
}
