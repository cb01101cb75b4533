using Dragoman.Gateway.Providers;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Logins;

/// <summary>The logins that vendors' own programs have left on the gateway's machine, for callers on that machine. Files are read and never changed, and none but those at the usual places is opened.</summary>
public sealed class LoginsOnHost(ProviderRegistry providers, ImportedLogins imported, ManagementPaths paths)
{
    private const string Elsewhere = "Only programs on the gateway's own machine are shown the files on it.";

    /// <summary>The files at the usual places.</summary>
    /// <param name="isLocal">Whether the caller is on the gateway's machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<LoginFileListView>> ListAsync(bool isLocal, CancellationToken cancellationToken) => StoreCalls.RunAsync<LoginFileListView>(async () =>
    {
        if (!isLocal) return new LoginFileListView([], Elsewhere);
        var views = new List<LoginFileView>();
        foreach (var login in await ScanAsync(cancellationToken))
        {
            var known = login is { Provider: { } provider, Identity.Digest: { } digest } ? await imported.FindAsync(provider, digest, cancellationToken) : null;
            views.Add(new LoginFileView(
                login.Provider, login.Flow, login.Place, File.Exists(login.File) ? new DateTimeOffset(File.GetLastWriteTimeUtc(login.File), TimeSpan.Zero) : null, login.Identity?.Label, known?.Label, login.Identity is not null, login.Problem));
        }

        return new LoginFileListView(views, null);
    });

    /// <summary>What is imported of a file; an error where it is none of those that are listed.</summary>
    /// <param name="isLocal">Whether the caller is on the gateway's machine.</param>
    /// <param name="provider">The provider whose login is in it.</param>
    /// <param name="path">The file, as it is listed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<FoundLogin>> FindAsync(bool isLocal, string provider, string path, CancellationToken cancellationToken)
    {
        if (!isLocal) return ManagementError.Forbidden(Elsewhere, "not_on_this_machine");
        return (await ScanAsync(cancellationToken)).FirstOrDefault(login => login.Place == path && login.Provider == provider && login.Content is not null) is { } found
            ? found
            : ManagementError.Invalid("There is no login of the provider in such a file at the usual places.", "path", "file_not_allowed");
    }

    private Task<IReadOnlyList<FoundLogin>> ScanAsync(CancellationToken cancellationToken) => new LoginScan(providers, paths.Home, paths.Variable).RunAsync([], cancellationToken);
}

/// <summary>Files in which logins may be.</summary>
/// <param name="Files">One for each login; those that cannot be used too, with the reason.</param>
/// <param name="Reason">Why none are shown; absent where they are.</param>
public sealed record LoginFileListView(IReadOnlyList<LoginFileView> Files, string? Reason);

/// <summary>A file in which a login may be.</summary>
/// <param name="Provider">The provider's id; absent where none knows it.</param>
/// <param name="Flow">The way of importing.</param>
/// <param name="Path">Where it is; with <c>#</c> and a number where it holds several.</param>
/// <param name="ModifiedAt">When it was last written.</param>
/// <param name="Label">Whose login it is, as far as the file says it.</param>
/// <param name="Account">The account that it is already; absent for a new one.</param>
/// <param name="Readable">Whether there is a login in it.</param>
/// <param name="Problem">Why it cannot be used.</param>
public sealed record LoginFileView(string? Provider, string? Flow, string Path, DateTimeOffset? ModifiedAt, string? Label, string? Account, bool Readable, string? Problem);
