using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Http;

/// <summary>Anthropic's API and everything compatible with it. The account's address stands before <c>/v1/messages</c>.</summary>
public sealed class ClaudeProvider : KeyedProvider
{
    /// <inheritdoc/>
    public override string Id => "claude";

    /// <inheritdoc/>
    public override bool IsVendor(Account account)
        => Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var address) && (address.Host == "anthropic.com" || address.Host.EndsWith(".anthropic.com", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override long? ReadTokenCount(ReadOnlyMemory<byte> body) => TokenCounts.Read(body.Span, "input_tokens"u8);

    /// <inheritdoc/>
    protected override string? PathOf(UpstreamCall call) => call.Operation switch
    {
        UpstreamOperation.Generate => "/v1/messages",
        UpstreamOperation.CountTokens => "/v1/messages/count_tokens",
        _ => "/v1/models?limit=1000",
    };

    /// <inheritdoc/>
    protected override void Authorize(HttpRequestMessage request, Account account, string key)
    {
        request.Headers.TryAddWithoutValidation("x-api-key", key);
        // Compatible services behind other addresses mostly expect a bearer token; Anthropic itself would read it as an OAuth token.
        if (request.RequestUri is { Host: var host } && host != "api.anthropic.com")
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }
    }

    /// <inheritdoc/>
    protected override void Complete(HttpRequestMessage request, UpstreamCall call)
    {
        if (!request.Headers.Contains("anthropic-version")) request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
    }
}
