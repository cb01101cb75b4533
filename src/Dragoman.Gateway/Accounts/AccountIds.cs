using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Gateway.Accounts;

/// <summary>Makes the ids of accounts.</summary>
public static class AccountIds
{
    /// <summary>
    /// An id that stays the same as long as provider, address, prefix and the credential's identity do (the vendor's account and organization where they are known, else the
    /// secret), and gives none of them away.
    /// </summary>
    public static string StableId(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', account.Provider, account.BaseUrl, account.Credential.Identity, account.Prefix)));
        return $"{account.Provider}-{Convert.ToHexStringLower(hash.AsSpan(0, 5))}";
    }

    /// <summary>Whether a text can be the id of an account of a provider: such as <see cref="StableId"/> makes, with a number behind it where two had the same.</summary>
    public static bool IsIdOf(string text, string provider)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(provider);
        if (text.Length > provider.Length + 20 || !text.StartsWith(provider + "-", StringComparison.Ordinal)) return false;
        var parts = text[(provider.Length + 1)..].Split('-');
        return parts.Length is 1 or 2 && parts[0].Length == 10 && parts[0].All(char.IsAsciiHexDigitLower) && (parts.Length == 1 || (parts[1].Length > 0 && parts[1].All(char.IsAsciiDigit)));
    }
}
