using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>Makes accounts of token files on the gateway's machine and of tokens that callers send. The files stay as they are; what is in them is kept in the gateway's store from then on.</summary>
internal sealed class KiroImports(LoginService logins, LoginFileReader reader, ImportedLogins imported, AccountAdministration administration, KiroAccounts accounts, DataFolderOptions data)
{
    /// <summary>Where Kiro's editor keeps its token.</summary>
    public const string Folder = "~/.aws/sso/cache";

    private const int Names = 20;

    /// <summary>The folders that files may be in; nobody may have others opened by asking (wire note A.4).</summary>
    public IReadOnlyList<string> Folders => data.Path is { } own ? [Folder, own] : [Folder];

    /// <summary>The token files that are there.</summary>
    public Task<IReadOnlyList<LoginFile>> ScanAsync(CancellationToken cancellationToken) => reader.ListAsync(Folder, cancellationToken);

    /// <summary>The account that a file was added as, or whose login it holds; null where there is none.</summary>
    public async Task<string?> KnownAsync(LoginFile file, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        if (files.TryGetValue(file.Path, out var account)) return account;
        return reader.DigestOf(file.Text, KiroAccounts.Provider) is { } digest ? (await imported.FindAsync(KiroAccounts.Provider, digest, cancellationToken))?.Id : null;
    }

    /// <summary>A file that may be opened.</summary>
    public Task<ManagementResult<LoginFile>> FindAsync(string? path, CancellationToken cancellationToken) => reader.ReadAsync(path ?? "", Folders, cancellationToken);

    /// <summary>Adds the account of a file.</summary>
    public async Task<ManagementResult<AccountView>> AddAsync(LoginFile file, KiroImport wanted, SurfaceCall call)
    {
        var added = await AddAsync(await reader.ContentOfAsync(file, KiroAccounts.Provider, call.CancellationToken), wanted, call);
        if (added.Succeeded) await accounts.RememberFileAsync(file.Path, added.Value.Id, call.CancellationToken);
        return added;
    }

    /// <summary>Adds the account of tokens in the form of such a file.</summary>
    public async Task<ManagementResult<AccountView>> AddAsync(string content, KiroImport wanted, SurfaceCall call)
    {
        var start = new LoginStart(KiroAccounts.Provider) { Content = content, Label = wanted.Name, Proxy = wanted.Proxy, SaveAtOnce = true, Acknowledged = wanted.IsAcknowledged };
        var begun = await logins.StartAsync(start, KiroAddress.Of(call.Context), call.Actor, call.CancellationToken);
        if (!begun.Succeeded) return KiroLogins.Explain(begun.Error);
        var login = begun.Value;
        // A name that is taken is no reason to lose the tokens.
        for (var number = 2; login.Status == LoginStatus.AwaitingConfirmation && wanted.Name is { } name && number < Names; number++)
        {
            var saved = await logins.ConfirmAsync(login.Id, $"{name} #{number}", call.Actor, call.CancellationToken);
            if (saved.Succeeded) login = saved.Value;
        }

        if (login is not { Status: LoginStatus.Saved, AccountId: { } id })
        {
            await logins.CancelAsync(login.Id, call.Actor);
            return ManagementError.Conflict(login.Error ?? "The account could not be saved.", "not_saved");
        }

        if (wanted.IsEnabled is not { } enabled) return administration.Get(id);
        return await administration.ChangeAsync(id, new Gateway.AccountManagement.AccountUpdate { Enabled = enabled }, call.Actor, call.CancellationToken);
    }
}

/// <summary>How an account is to be added.</summary>
/// <param name="Name">What it is to be called; null for what the login says.</param>
/// <param name="Proxy">The proxy it goes through; null for the gateway's own way.</param>
/// <param name="IsAcknowledged">Whether the caller says that the vendor's position was read.</param>
/// <param name="IsEnabled">Whether it may be used; null for yes.</param>
internal sealed record KiroImport(string? Name, string? Proxy, bool IsAcknowledged, bool? IsEnabled = null);
