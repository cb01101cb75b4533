using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Bedrock;

/// <summary>Sends a Bedrock key as a bearer token, or signs with AWS keys.</summary>
internal sealed class AwsAuthenticator(BedrockConnection connection, TimeProvider time) : IAuthenticator
{
    /// <inheritdoc/>
    public ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        var credential = connection.CredentialOf(call.Credential.Credential);
        if (credential.BearerKey is not { } bearer) return SignAsync(request, call, credential, cancellationToken);
        request.Message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        return ValueTask.CompletedTask;
    }

    private async ValueTask SignAsync(BuiltRequest request, UpstreamCall call, AwsCredential credential, CancellationToken cancellationToken)
    {
        var keys = await connection.Keys.KeysAsync(credential, cancellationToken);
        SigV4.Sign(request.Message, request.Body.Span, keys, connection.RegionOf(call.Account, credential), "bedrock", time.GetUtcNow() + connection.Skew);
    }
}
