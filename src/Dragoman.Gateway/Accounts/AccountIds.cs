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
}
