using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Accounts;

/// <summary>Why accounts cannot be used, in words and as codes. The store keeps the words alone; the code is read from them again.</summary>
public static class AccountProblems
{
    private const string SignInBegin = StoredAccount.SignInProblem + ": ";
    private const string InterruptedBegin = SignInBegin + "an earlier renewal of the login was interrupted, and the vendor does not take its token any more (";
    private const string InterruptedEnd = ").";

    /// <summary>Its owner has to sign in again, because a vendor does not take its login any more: the words as the store keeps them.</summary>
    /// <param name="reason">Why, in the vendor's words.</param>
    /// <param name="isInterrupted">Whether a renewal was begun before of which nobody knows how it ended.</param>
    public static string SignIn(string reason, bool isInterrupted) => isInterrupted ? $"{InterruptedBegin}{reason.TrimEnd('.')}{InterruptedEnd}" : $"{SignInBegin}{reason.TrimEnd('.')}.";

    /// <summary>The problem that the store's words name.</summary>
    public static CodedText Read(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.StartsWith(InterruptedBegin, StringComparison.Ordinal) && words.EndsWith(InterruptedEnd, StringComparison.Ordinal))
            return CodedText.Create("sign_in_interrupted", words, ("reason", words[InterruptedBegin.Length..^InterruptedEnd.Length]));
        if (words.StartsWith(SignInBegin, StringComparison.Ordinal)) return CodedText.Create("sign_in_because", words, ("reason", words[SignInBegin.Length..].TrimEnd('.')));
        return CodedText.Create(words.StartsWith(StoredAccount.SignInProblem, StringComparison.Ordinal) ? "sign_in" : "other", words);
    }

    /// <summary>Another account has the same key, address and prefix, and is used.</summary>
    public static CodedText SameAs(Account twin)
    {
        ArgumentNullException.ThrowIfNull(twin);
        var isOfFile = twin.Origin == AccountOrigin.Config;
        return CodedText.Create(
            isOfFile ? "same_as_in_file" : "same_as",
            $"The same key, address and prefix belong to '{twin.Label}' {(isOfFile ? "of the configuration file" : "too")}, and that account is used. Remove one of the two.", ("account", twin.Label));
    }

    /// <summary>Its settings are not understood.</summary>
    /// <param name="faults">What is wrong with them.</param>
    public static CodedText Settings(string faults) => CodedText.Create("settings", faults, ("faults", faults));

    /// <summary>Its secret is not opened by the key of the data folder.</summary>
    /// <param name="reason">Why.</param>
    public static CodedText SecretUnreadable(string reason) => CodedText.Create("secret_unreadable", $"Its secret cannot be opened: {reason}", ("reason", reason));
}
