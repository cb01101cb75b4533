using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Settings;

/// <summary>The history of the configuration's file: listed, shown without its secrets, restored.</summary>
public sealed class ConfigHistoryService(ConfigHistory history, ConfigFile file, SettingsService settings)
{
    /// <summary>The entries. A text that stands in the file and is not known yet becomes one.</summary>
    /// <param name="limit">How many at most; null for 50.</param>
    /// <param name="after">The <c>next</c> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<ConfigHistoryView>> ListAsync(int? limit, string? after, CancellationToken cancellationToken) => StoreCalls.RunAsync<ConfigHistoryView>(async () =>
    {
        var page = Paging.Read(limit, after);
        if (!page.Succeeded) return page.Error;
        var (text, current) = await file.ReadAsync(cancellationToken);
        if (page.Value.After is null && current != ConfigFile.Nothing && file.IsUsable(text)) await history.AddAsync(text, null, "file", file.Name, null, cancellationToken);
        var entries = await history.ListAsync(cancellationToken);
        var newest = entries.FirstOrDefault(entry => entry.Digest == current)?.Version;
        if (page.Value.After is { } cursor)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) return ManagementError.Invalid("after is not the next of a page.", "after");
            entries = [.. entries.Where(entry => entry.Version < last)];
        }

        var shown = entries.Take(page.Value.Limit).ToList();
        return new ConfigHistoryView(
            [.. shown.Select(entry => new ConfigHistoryEntryView(Number(entry.Version), entry.At, entry.Actor, entry.Source, entry.Summary, entry.Version == newest, entry.Bytes))],
            shown.Count < entries.Count ? Number(shown[^1].Version) : null);
    });

    /// <summary>The text of an entry; its secrets are marks.</summary>
    /// <param name="version">The entry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<ConfigTextView>> GetAsync(string version, CancellationToken cancellationToken)
        => (await ReadAsync(version, cancellationToken)).Map(text => new ConfigTextView(settings.Masked(text), ConfigFile.VersionOf(text)));

    /// <summary>Makes the text of an entry the file's again, with its secrets; that is an entry of its own.</summary>
    /// <param name="version">The entry.</param>
    /// <param name="expectedVersion">The version of the file that the caller saw; <c>*</c> for whichever stands there.</param>
    /// <param name="actor">Who restores it.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ManagementResult<SettingsChangedView>> RestoreAsync(string version, string expectedVersion, Actor actor, CancellationToken cancellationToken)
    {
        var text = await ReadAsync(version, cancellationToken);
        return text.Succeeded ? await settings.RestoreAsync(text.Value, version, expectedVersion, actor, cancellationToken) : text.Error;
    }

    private Task<ManagementResult<string>> ReadAsync(string version, CancellationToken cancellationToken) => StoreCalls.RunAsync<string>(async () =>
    {
        try
        {
            if (long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await history.TextOfAsync(number, cancellationToken) is { } text) return text;
            return ManagementError.NotFound($"There is no version '{version}' of the configuration, or it is kept no more.");
        }
        catch (SecretUnreadableException ex)
        {
            return ManagementError.Conflict(ex.Message, "version_unreadable");
        }
    });

    private static string Number(long version) => version.ToString(CultureInfo.InvariantCulture);
}
