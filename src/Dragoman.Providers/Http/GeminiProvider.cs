using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Http;

/// <summary>Google's Gemini API with a key. The account's address stands before <c>/v1beta/models</c>.</summary>
public sealed class GeminiProvider : KeyedProvider
{
    /// <inheritdoc/>
    public override string Id => "gemini";

    /// <inheritdoc/>
    public override long? ReadTokenCount(ReadOnlyMemory<byte> body) => TokenCounts.Read(body.Span, "totalTokens"u8);

    /// <inheritdoc/>
    protected override string? PathOf(UpstreamCall call)
    {
        if (call.Operation == UpstreamOperation.ListModels) return "/v1beta/models?pageSize=1000";
        var method = call.Operation == UpstreamOperation.CountTokens ? "countTokens"
            : call.Stream ? "streamGenerateContent?alt=sse" : "generateContent";
        return $"/v1beta/models/{Uri.EscapeDataString(call.Model.Id).Replace("%2F", "/", StringComparison.Ordinal)}:{method}";
    }

    /// <inheritdoc/>
    protected override void Authorize(HttpRequestMessage request, Account account, string key)
        => request.Headers.TryAddWithoutValidation("x-goog-api-key", key);
}
