using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Management.Settings;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// The accounts that this surface is about, by the ids that its system gives them: eight hexadecimal digits (wire note A.0). They are made of the account's own id, so that they last.
/// </summary>
internal sealed class KiroAccounts(AccountAdministration accounts, SurfaceState state)
{
    /// <summary>The provider whose accounts they are.</summary>
    public const string Provider = "kiro";

    /// <summary>The name under which the surface keeps what it alone knows.</summary>
    public const string StateName = "kiro";

    /// <summary>Every account.</summary>
    public IReadOnlyList<AccountView> All() => accounts.List(Provider, null).Accounts;

    /// <summary>The account of an id; also of the gateway's own id or a label.</summary>
    public AccountView? Find(string id)
    {
        var all = All();
        return all.FirstOrDefault(account => IdOf(account.Id) == id) ?? all.FirstOrDefault(account => account.Id == id) ?? all.FirstOrDefault(account => account.Label.Equals(id, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The id of an account here.</summary>
    public static string IdOf(string accountId)
    {
        var parts = accountId.Split('-');
        // What the gateway makes of the credential is a digest already.
        return parts is [Provider, { Length: >= 8 } digest] && digest.All(char.IsAsciiHexDigitLower) ? digest[..8] : TextDigest.Hex(accountId)[..8];
    }

    /// <summary>The files that accounts were added from, and the account of each.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FilesAsync(CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var account in All())
            if (await state.GetAsync(StateName, FileKey(account.Id), cancellationToken) is JsonValue path) files[path.ToString()] = account.Id;
        return files;
    }

    /// <summary>Remembers the file that an account was added from. Each account has a value of its own, so that several may be added at once.</summary>
    public Task RememberFileAsync(string path, string accountId, CancellationToken cancellationToken) => state.SetAsync(StateName, FileKey(accountId), JsonValue.Create(path), cancellationToken);

    /// <summary>Forgets the file of an account that is removed.</summary>
    public Task ForgetFileAsync(string accountId, CancellationToken cancellationToken) => state.SetAsync(StateName, FileKey(accountId), null, cancellationToken);

    private static string FileKey(string accountId) => $"file.{accountId}";
}
