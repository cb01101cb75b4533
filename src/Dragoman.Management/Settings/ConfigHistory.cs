using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Json;

namespace Dragoman.Management.Settings;

/// <summary>
/// The texts that the configuration's file has had: one entry for each accepted change, by the API, a command or an editor. They hold secrets, so they are wrapped as secret settings of the store. The oldest
/// go when there are more than a hundred, or more than 30 MB of text.
/// </summary>
/// <param name="settings">Where they are kept.</param>
/// <param name="secrets">Wraps them.</param>
/// <param name="file">The configuration's file; files of several places have histories of their own.</param>
/// <param name="time">The clock.</param>
public sealed class ConfigHistory(ISettingStore settings, ISecretProtector secrets, ConfigFile file, TimeProvider time) : IDisposable
{
    /// <summary>How many entries are kept.</summary>
    public const int MostEntries = 100;

    /// <summary>How much text is kept.</summary>
    public const long MostBytes = 30L << 20;

    private const int MostKeys = 8;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _prefix = $"config-history.{TextDigest.Hex(file.Path ?? "", 12)}.";

    /// <summary>The entries, newest first; their texts are not opened.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    internal async Task<IReadOnlyList<ConfigHistoryEntry>> ListAsync(CancellationToken cancellationToken)
        => [.. (await settings.ListAsync(cancellationToken)).Where(setting => setting.Name.StartsWith(_prefix, StringComparison.Ordinal)).Select(EntryOf).OfType<ConfigHistoryEntry>().OrderByDescending(static entry => entry.Version)];

    /// <summary>The text of an entry; null where there is no such entry.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    /// <exception cref="SecretUnreadableException">It was wrapped with a key that is not here any more.</exception>
    internal async Task<string?> TextOfAsync(long version, CancellationToken cancellationToken)
        => await settings.GetAsync(NameOf(version), cancellationToken) is { } setting ? Open(setting) : null;

    /// <summary>Keeps a text, unless it is the one that stands there already.</summary>
    /// <param name="text">The text.</param>
    /// <param name="former">What stood in the file before; kept first where nothing is known of it. Null where nobody knows.</param>
    /// <param name="actor">Who changed it.</param>
    /// <param name="source">From where: an address, or the file.</param>
    /// <param name="words">What was done, before the keys that changed; null for nothing but the keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    internal async Task AddAsync(string text, string? former, string actor, string source, string? words, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var known = await ListAsync(cancellationToken);
            if (former is { Length: > 0 } && (known.Count == 0 || known[0].Digest != ConfigFile.VersionOf(former)) && former != text)
            {
                var summary = known.Count == 0 ? "as it was found" : Summary(await TextOfAsync(known[0].Version, cancellationToken) ?? "", former);
                known = [await SaveAsync(known, former, "file", file.Name, summary, cancellationToken), .. known];
            }

            if (known.Count > 0 && known[0].Digest == ConfigFile.VersionOf(text)) return;
            var keys = (former ?? (known.Count > 0 ? await TextOfAsync(known[0].Version, cancellationToken) : null)) is { } before ? Summary(before, text) : "as it was found";
            known = [await SaveAsync(known, text, actor, source, words is null ? keys : $"{words}: {keys}", cancellationToken), .. known];
            await DropAsync(known, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<ConfigHistoryEntry> SaveAsync(IReadOnlyList<ConfigHistoryEntry> known, string text, string actor, string source, string summary, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var version = known.Count > 0 ? known[0].Version + 1 : 1; ; version++)
        {
            var entry = new ConfigHistoryEntry(version, time.GetUtcNow(), actor, source, summary, bytes.Length, ConfigFile.VersionOf(text));
            var name = NameOf(version);
            var setting = new Setting(name, JsonSerializer.Serialize(entry, ManagementJson.Options)) { Secret = secrets.Protect(Compressed(bytes), SecretPurpose.Setting(name)) };
            // Another node may have been faster.
            if ((await settings.SetAsync(setting, fromVersion: 0, cancellationToken)).Saved) return entry;
        }
    }

    private async Task DropAsync(IReadOnlyList<ConfigHistoryEntry> known, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        foreach (var entry in known)
        {
            bytes += entry.Bytes;
            // The newest stays, whatever its size.
            if (++count > 1 && (count > MostEntries || bytes > MostBytes)) await settings.RemoveAsync(NameOf(entry.Version), cancellationToken);
        }
    }

    /// <summary>The keys in which two texts differ; their values are not repeated.</summary>
    internal static IReadOnlyList<string> ChangedKeys(string before, string after)
    {
        static Dictionary<string, string> Read(string text) => ConfigScalars.Read(text).GroupBy(static scalar => scalar.Path).ToDictionary(static group => group.Key, static group => group.Last().Value, StringComparer.Ordinal);
        var (old, fresh) = (Read(before), Read(after));
        return [.. fresh.Keys.Union(old.Keys).Where(key => !old.TryGetValue(key, out var one) || !fresh.TryGetValue(key, out var other) || one != other).Order(StringComparer.Ordinal)];
    }

    private static string Summary(string before, string after)
    {
        var keys = ChangedKeys(before, after);
        return keys.Count == 0 ? "comments and layout" : string.Join(", ", keys.Take(MostKeys)) + (keys.Count > MostKeys ? $" and {keys.Count - MostKeys} more" : "");
    }

    private string NameOf(long version) => _prefix + version.ToString("D10", CultureInfo.InvariantCulture);

    private static ConfigHistoryEntry? EntryOf(Setting setting)
    {
        try
        {
            return JsonSerializer.Deserialize<ConfigHistoryEntry>(setting.Value, ManagementJson.Options);
        }
        catch (JsonException)
        {
            // Not what this wrote.
            return null;
        }
    }

    private string Open(Setting setting)
    {
        using var packed = new BrotliStream(new MemoryStream(secrets.Unprotect(setting.Secret.Span, SecretPurpose.Setting(setting.Name))), CompressionMode.Decompress);
        using var reader = new StreamReader(packed, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static byte[] Compressed(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var stream = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(text);
        return packed.ToArray();
    }
}

/// <summary>A text that the configuration's file has had.</summary>
/// <param name="Version">Its number, from 1 on.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Actor">Who changed it.</param>
/// <param name="Source">From where.</param>
/// <param name="Summary">What changed, without values.</param>
/// <param name="Bytes">How long the text is.</param>
/// <param name="Digest">The version of the file that it made.</param>
internal sealed record ConfigHistoryEntry(long Version, DateTimeOffset At, string Actor, string Source, string Summary, int Bytes, string Digest);
