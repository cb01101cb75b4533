using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>The token as a bearer, and of what type it is where it is not that of an AWS login (kiro-and-bedrock §B.2).</summary>
internal sealed class KiroAuthenticator : IAuthenticator
{
    /// <inheritdoc/>
    public ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (TypeOf(call.Credential.Credential) is { } type && !request.Message.Headers.Contains("tokentype")) request.Message.Headers.TryAddWithoutValidation("tokentype", type);
        return HeaderKey.Bearer.AuthenticateAsync(request, call, cancellationToken);
    }

    /// <summary>What the header <c>tokentype</c> says; null for none.</summary>
    public static string? TypeOf(Credential credential) => credential switch
    {
        ApiKeyCredential => "API_KEY",
        OAuthCredential login when KiroExtra.MethodOf(login) == KiroExtra.External => "EXTERNAL_IDP",
        _ => null,
    };
}
