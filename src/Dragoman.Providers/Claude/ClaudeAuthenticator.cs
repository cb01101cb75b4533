using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Claude;

/// <summary>Sends the key as <c>x-api-key</c>. Compatible services behind other addresses mostly expect a bearer token as well; Anthropic itself would read it as an OAuth token.</summary>
internal sealed class ClaudeAuthenticator : IAuthenticator
{
    private static readonly HeaderKey ApiKey = new("x-api-key");

    public ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        var own = ApiKey.AuthenticateAsync(request, call, cancellationToken);
        return request.Message.RequestUri is { Host: var host } && host != "api.anthropic.com" ? HeaderKey.Bearer.AuthenticateAsync(request, call, cancellationToken) : own;
    }
}
