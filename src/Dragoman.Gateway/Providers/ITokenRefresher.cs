using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers;

/// <summary>Has new tokens for a login from the vendor. What is done with them, and that only one node does it at a time, is not its concern.</summary>
public interface ITokenRefresher
{
    /// <summary>How long before its end an access token is renewed; a part of it is added at random, so that many accounts do not come at once.</summary>
    TimeSpan Margin => TimeSpan.FromMinutes(5);

    /// <summary>Whether a token is renewed only when a request needs it: vendors take regular renewal without use for abuse.</summary>
    bool OnlyOnUse => false;

    /// <summary>
    /// Whether a renewal spends nothing (a key that signs, a refresh token that stays good): then the logins of accounts in the configuration file are renewed too, by each node for itself and in memory only.
    /// </summary>
    bool SpendsNothing => false;

    /// <summary>Asks the vendor for new tokens. Does not throw for what the vendor answers.</summary>
    /// <param name="account">The account, for its addresses, proxy and headers.</param>
    /// <param name="credential">The credential as it is stored; it has a refresh token.</param>
    /// <param name="vendor">How the vendor is reached. What its connections throw may pass through: it counts as a token that may have been spent.</param>
    /// <param name="cancellationToken">The time for the exchange is over.</param>
    Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken);
}

/// <summary>What the vendor answered to a refresh.</summary>
public enum TokenRefreshOutcome
{
    /// <summary>New tokens came.</summary>
    Renewed,

    /// <summary>The refresh token is not taken any more (<c>invalid_grant</c>): the owner has to sign in again.</summary>
    Refused,

    /// <summary>It did not work this time.</summary>
    Failed,
}

/// <summary>The result of a refresh.</summary>
/// <param name="Outcome">What the vendor answered.</param>
public sealed record TokenRefresh(TokenRefreshOutcome Outcome)
{
    /// <summary>The credential with its new tokens; null unless renewed.</summary>
    public OAuthCredential? Credential { get; init; }

    /// <summary>Why it was refused or failed, in the vendor's words; never a token.</summary>
    public string? Reason { get; init; }

    /// <summary>How long the vendor wants to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the vendor may have taken the refresh token although no answer came: then its next refusal may be the fault of this exchange.</summary>
    public bool MayHaveSpent { get; init; }

    /// <summary>New tokens came.</summary>
    public static TokenRefresh Renewed(OAuthCredential credential) => new(TokenRefreshOutcome.Renewed) { Credential = credential };

    /// <summary>The refresh token is not taken any more.</summary>
    public static TokenRefresh Refused(string reason) => new(TokenRefreshOutcome.Refused) { Reason = reason };

    /// <summary>It did not work this time.</summary>
    public static TokenRefresh Failed(string reason, bool mayHaveSpent, TimeSpan? retryAfter = null) => new(TokenRefreshOutcome.Failed) { Reason = reason, MayHaveSpent = mayHaveSpent, RetryAfter = retryAfter };
}
