namespace Dragoman.Gateway.Providers;

/// <summary>Puts an account's credential on a request.</summary>
public interface IAuthenticator
{
    /// <summary>
    /// Authenticates a request that is complete otherwise; nothing of it changes afterwards, so it may be signed. May wait where keys have to be fetched. A header that
    /// the owner has set for the account is left as it is.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="call">What the request was made of; its credential is the one to use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Dragoman.Protocols.WireException">The credential cannot be used; another account may do better.</exception>
    ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken);
}
