using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Abstractions;

/// <summary>The headers that an account's owner wants on every request.</summary>
public static class OwnerHeaders
{
    /// <summary>Puts them on a request, in the place of those of the same names. The content's own type is not theirs to change.</summary>
    public static void Put(HttpRequestMessage request, Account account)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(account);
        foreach (var (name, value) in account.Headers)
        {
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) continue;
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
