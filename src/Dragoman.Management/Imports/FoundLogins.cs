using System.Text;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Logins;

namespace Dragoman.Management.Imports;

/// <summary>Finds the logins in files of other systems, by the providers' own readers of files.</summary>
internal sealed class FoundLogins(AccountRegistry accounts, ImportedLogins imported)
{
    /// <summary>A login that was found.</summary>
    /// <param name="Source">The file.</param>
    /// <param name="Provider">Whose it is.</param>
    /// <param name="Flow">How it is imported.</param>
    /// <param name="Content">What is imported.</param>
    /// <param name="Label">What people know the account by; null where the file does not say.</param>
    /// <param name="Known">The account that it is already; null for a new one.</param>
    internal sealed record Login(string Source, ProviderModule Provider, IImportLogin Flow, string Content, string? Label, string? Known);

    /// <summary>All of a file; none where there is no login in it.</summary>
    public async Task<IReadOnlyList<Login>> FindAsync(ImportFile file, CancellationToken cancellationToken)
    {
        var bytes = (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(file.Text);
        foreach (var provider in accounts.Providers.All)
        {
            foreach (var flow in provider.Logins.OfType<IImportLogin>())
            {
                var found = new List<Login>();
                foreach (var part in flow.Split(bytes))
                {
                    if (flow.Inspect(part) is not { } identity) continue;
                    var known = identity.Digest is { } digest ? await imported.FindAsync(provider.Id, digest, cancellationToken) : null;
                    found.Add(new Login(file.Name, provider, flow, Encoding.UTF8.GetString(part.Span), identity.Label, known?.Label));
                }

                if (found.Count > 0) return found;
            }
        }

        return [];
    }
}
