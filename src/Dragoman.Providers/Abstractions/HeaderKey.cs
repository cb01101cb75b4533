using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Abstractions;

/// <summary>Sends an account's key or access token in a header. A header that the owner has set for the account is left as it is.</summary>
/// <param name="header">The header's name.</param>
/// <param name="prefix">What is put before the key.</param>
public sealed class HeaderKey(string header, string prefix = "") : IAuthenticator
{
    /// <summary>Sends it as a bearer token.</summary>
    public static HeaderKey Bearer { get; } = new("Authorization", "Bearer ");

    /// <inheritdoc/>
    public ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (KeyOf(call.Credential.Credential) is { Length: > 0 } key && !call.Account.Headers.ContainsKey(header))
            request.Message.Headers.TryAddWithoutValidation(header, prefix + key);
        return ValueTask.CompletedTask;
    }

    private static string? KeyOf(Credential credential) => credential switch
    {
        ApiKeyCredential key => key.Key,
        OAuthCredential login => login.AccessToken,
        _ => null,
    };
}
