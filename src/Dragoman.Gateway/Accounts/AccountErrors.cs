using Dragoman.Protocols;

namespace Dragoman.Gateway.Accounts;

/// <summary>What clients are told of accounts that are of no use until their owner does something, or until their token is renewed.</summary>
public static class AccountErrors
{
    /// <summary>The code of <see cref="NeedsSignIn"/>.</summary>
    public const string NeedsSignInCode = "account_needs_sign_in";

    /// <summary>The code of <see cref="CredentialRefused"/>.</summary>
    public const string CredentialRefusedCode = "account_credential_refused";

    /// <summary>The account's provider does not take its key or token. A client that were told 401 would ask its user to sign in, though its own key is good.</summary>
    /// <param name="account">The account.</param>
    /// <param name="model">The model that it would serve.</param>
    /// <param name="reply">What the provider said.</param>
    public static WireError CredentialRefused(Account account, string model, WireError reply)
        => Unusable(ErrorKind.NeedsOwner, CredentialRefusedCode, account, model, $": its provider refuses its credential {Quote(reply)}. The owner of the gateway has to sign in again, or to give it another key.");

    /// <summary>The code of <see cref="TokenRefused"/>.</summary>
    public const string TokenRefusedCode = "account_token_refused";

    /// <summary>The account's provider took neither its token nor the next one; the login itself is good, so that the next try may be answered.</summary>
    /// <param name="account">The account.</param>
    /// <param name="model">The model that it would serve.</param>
    /// <param name="reply">What the provider said.</param>
    public static WireError TokenRefused(Account account, string model, WireError reply)
        => Unusable(ErrorKind.Unavailable, TokenRefusedCode, account, model, $" now: its provider does not take its token {Quote(reply)}, which is renewed. Try again.");

    /// <summary>The account's owner has to sign in again, or to give another credential. It is not the client's own key that is refused, so that it is no error of authentication, and trying again does not help.</summary>
    /// <param name="account">The account.</param>
    /// <param name="problem">What is the matter, in sentences.</param>
    /// <param name="model">The model that it would serve; null where that does not matter.</param>
    public static WireError NeedsSignIn(Account account, string problem, string? model = null)
        => Unusable(ErrorKind.NeedsOwner, NeedsSignInCode, account, model, $". {problem}");

    private static WireError Unusable(ErrorKind kind, string code, Account account, string? model, string why)
    {
        ArgumentNullException.ThrowIfNull(account);
        return new WireError(kind, $"The account '{account.Label}'{(model is null ? "" : $", which would serve '{model}',")} cannot be used{why}") { Code = code };
    }

    private static string Quote(WireError reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return $"({reply.EffectiveStatus}: {reply.Message.TrimEnd('.', ' ')})";
    }
}
