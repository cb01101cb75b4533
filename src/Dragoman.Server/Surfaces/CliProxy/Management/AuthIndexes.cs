using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The index by which panels refer to a credential: 16 hexadecimal digits, made of the account's id, the same for a file's entry and for the account that it is.</summary>
internal sealed class AuthIndexes(AccountRegistry accounts)
{
    /// <summary>The index of an account.</summary>
    public static string Of(string accountId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accountId)).AsSpan(0, 8));

    /// <summary>The account of an index; null for none.</summary>
    public AccountEntry? Find(string? index) => index is null ? null : accounts.Entries.FirstOrDefault(entry => Of(entry.Id) == index);

    /// <summary>The index of an entry of the configuration's file.</summary>
    /// <param name="section">The list.</param>
    /// <param name="key">Its key; empty for none.</param>
    /// <param name="address">Its address; empty for the provider's own.</param>
    public string OfEntry(string section, string key, string address)
    {
        var known = AccountOf(section, key, address);
        return known is null ? Of($"{section}\n{key}\n{address}") : Of(known.Id);
    }

    /// <summary>The account that an entry of the configuration's file is; null where it is none that can be used.</summary>
    public Account? AccountOf(string section, string key, string address)
    {
        var own = accounts.Current.Accounts.Where(account => account.Origin == AccountOrigin.Config && accounts.Providers[account.Provider].Accounts.Section == section
            && (account.Credential is ApiKeyCredential credential ? credential.Key == key : key.Length == 0)).ToList();
        return own.Find(account => address.Length > 0 && account.BaseUrl.StartsWith(address.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)) ?? own.FirstOrDefault();
    }
}
