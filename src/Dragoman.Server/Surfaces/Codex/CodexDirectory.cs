using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Providers.ChatGpt;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>The accounts that this surface shows: those with ChatGPT plans. They are named by their labels, which are their e-mail addresses unless one person has several.</summary>
internal sealed class CodexDirectory(AccountAdministration accounts, PreferredAccounts preferred)
{
    /// <summary>The provider.</summary>
    public const string Provider = ChatGptModule.Id;

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<AccountView> All => accounts.List(Provider, null).Accounts;

    /// <summary>The active one; null where there is none.</summary>
    public Task<AccountView?> ActiveAsync(CancellationToken cancellationToken) => preferred.FindAsync(Provider, cancellationToken);

    /// <summary>One by its e-mail address; null where there is none.</summary>
    public AccountView? Find(string email) => All.FirstOrDefault(account => account.Label.Equals(email, StringComparison.OrdinalIgnoreCase));

    /// <summary>The one that a query names, else the active one.</summary>
    /// <returns>The account, or what to tell where there is none.</returns>
    public async Task<(AccountView? Account, string Missing)> FindOrActiveAsync(string? email, CancellationToken cancellationToken)
        => email is { Length: > 0 } ? (Find(email), $"Account not found: {email}") : (await ActiveAsync(cancellationToken), "No active account");

    /// <summary>Makes one the active one.</summary>
    public Task<ManagementResult<AccountView>> PreferAsync(string id, Actor actor, CancellationToken cancellationToken) => preferred.PreferAsync(Provider, id, actor, cancellationToken);
}
