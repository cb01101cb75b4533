using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.CredentialFiles;

/// <summary>Under which names accounts are files, and what those files have that accounts have not: kept in the store by account id. No secret.</summary>
public sealed class CredentialFileIndex(ISettingStore settings, AccountRegistry accounts)
{
    private const string Prefix = "credential-file.";

    /// <summary>What is kept of every account that has something.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, CredentialFileEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, CredentialFileEntry>(StringComparer.Ordinal);
        foreach (var setting in await settings.ListAsync(cancellationToken))
            if (setting.Name.StartsWith(Prefix, StringComparison.Ordinal) && Read(setting.Value) is { } entry) entries[setting.Name[Prefix.Length..]] = entry;
        return entries;
    }

    /// <summary>Keeps what a file has, and forgets those whose account is gone.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task SetAsync(string accountId, CredentialFileEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var value = new JsonObject { ["name"] = entry.Name, ["members"] = entry.Members.DeepClone() };
        await settings.SetAsync(new Setting(Prefix + accountId, value.ToJsonString()), fromVersion: null, cancellationToken);
        var known = accounts.Entries.Select(static one => one.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var setting in await settings.ListAsync(cancellationToken))
            if (setting.Name.StartsWith(Prefix, StringComparison.Ordinal) && setting.Name[Prefix.Length..] is var id && id != accountId && !known.Contains(id)) await settings.RemoveAsync(setting.Name, cancellationToken);
    }

    /// <summary>Forgets what is kept of an account.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public Task RemoveAsync(string accountId, CancellationToken cancellationToken) => settings.RemoveAsync(Prefix + accountId, cancellationToken);

    private static CredentialFileEntry? Read(string value)
    {
        try
        {
            return JsonNode.Parse(value) is JsonObject entry && entry["members"] is JsonObject members ? new CredentialFileEntry(entry["name"]?.GetValue<string>() ?? "", members.DeepClone().AsObject()) : null;
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            // Not what this wrote: as if it were not there.
            return null;
        }
    }
}

/// <summary>What is kept of an account as a file.</summary>
/// <param name="Name">The file's name; empty for the usual one.</param>
/// <param name="Members">The members of the file that are kept.</param>
public sealed record CredentialFileEntry(string Name, JsonObject Members);
