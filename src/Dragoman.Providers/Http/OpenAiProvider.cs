using Dragoman.Gateway.Providers;
using Dragoman.Protocols;

namespace Dragoman.Providers.Http;

/// <summary>
/// OpenAI and everything compatible with it, by Chat Completions or by Responses as the account's protocol says. The account's address
/// ends in <c>/v1</c> or whatever stands before <c>/chat/completions</c> there.
/// </summary>
public sealed class OpenAiProvider(string id) : KeyedProvider
{
    /// <inheritdoc/>
    public override string Id => id;

    /// <inheritdoc/>
    protected override string? PathOf(UpstreamCall call) => call.Operation switch
    {
        UpstreamOperation.Generate => call.Account.Protocol == Protocol.OpenAiResponses ? "/responses" : "/chat/completions",
        UpstreamOperation.ListModels => "/models",
        UpstreamOperation.CountTokens when call.Account.Protocol == Protocol.OpenAiResponses => "/responses/input_tokens",
        _ => null,
    };

    /// <inheritdoc/>
    public override long? ReadTokenCount(ReadOnlyMemory<byte> body) => TokenCounts.Read(body.Span, "input_tokens"u8);
}
