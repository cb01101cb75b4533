using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Amp;

/// <summary>Sends the key as Amp's command line does on its two kinds of routes: as <c>X-Api-Key</c> and as a bearer token (wire notes cliproxyapi 6.14, surface-clients 1.3).</summary>
internal sealed class AmpAuthenticator : IAuthenticator
{
    private static readonly HeaderKey Key = new("X-Api-Key");

    /// <inheritdoc/>
    public async ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        await Key.AuthenticateAsync(request, call, cancellationToken);
        await HeaderKey.Bearer.AuthenticateAsync(request, call, cancellationToken);
    }
}
