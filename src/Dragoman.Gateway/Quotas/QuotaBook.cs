using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Quotas;

/// <summary>What usage pages said of every account. The node that asks writes it into the store, the others take it up from there.</summary>
public sealed partial class QuotaBook : IAsyncDisposable
{
    private const string Prefix = "quota.";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, QuotaSnapshot> _known = new(StringComparer.Ordinal);
    private readonly ISettingStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;

    /// <summary>Begins to follow the store.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <param name="changes">Tells of what other nodes write.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults of the store are reported.</param>
    public QuotaBook(ISettingStore store, IChangeFeed changes, TimeProvider time, ILogger<QuotaBook> logger)
    {
        ArgumentNullException.ThrowIfNull(changes);
        _store = store;
        _logger = logger;
        var news = new StoreSubscription(static change => change.Kind == StoreChangeKind.Setting && change.Id.StartsWith(Prefix, StringComparison.Ordinal), ReadAsync, LogStore, Pause, time);
        var feed = changes.ListenAsync(_closing.Token);
        _running = Task.Run(() => news.RunAsync(feed, isStale: true, _closing.Token));
    }

    /// <summary>What is known of an account; null for nothing.</summary>
    public QuotaSnapshot? Find(string accountId) => _known.TryGetValue(accountId, out var known) ? known : null;

    /// <summary>Keeps what was learnt. A store that is away loses it for the others until the next time.</summary>
    internal async Task SaveAsync(string accountId, QuotaSnapshot snapshot, CancellationToken cancellationToken)
    {
        _known[accountId] = snapshot;
        try
        {
            await _store.SetAsync(new Setting(Prefix + accountId, JsonSerializer.Serialize(snapshot, QuotaJson.Default.QuotaSnapshot)), null, cancellationToken);
        }
        catch (StoreException ex)
        {
            LogStore(ex.Message);
        }
    }

    /// <summary>The accounts that something is known of and that are not among these.</summary>
    internal IReadOnlyList<string> Gone(IReadOnlySet<string> accountIds) => [.. _known.Keys.Where(id => !accountIds.Contains(id))];

    /// <summary>Forgets accounts that are gone, here and in the store.</summary>
    internal async Task KeepAsync(IReadOnlySet<string> accountIds, CancellationToken cancellationToken)
    {
        foreach (var id in Gone(accountIds))
        {
            _known.TryRemove(id, out _);
            try
            {
                await _store.RemoveAsync(Prefix + id, cancellationToken);
            }
            catch (StoreException ex)
            {
                LogStore(ex.Message);
            }
        }
    }

    /// <summary>Stops following.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in await _store.ListAsync(cancellationToken))
        {
            if (!setting.Name.StartsWith(Prefix, StringComparison.Ordinal) || Parse(setting.Value) is not { } stored) continue;
            _known.AddOrUpdate(setting.Name[Prefix.Length..], stored, (_, known) => known.AskedAt > stored.AskedAt ? known : stored);
        }
    }

    private static QuotaSnapshot? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, QuotaJson.Default.QuotaSnapshot);
        }
        catch (JsonException)
        {
            // Of another version; it is written anew.
            return null;
        }
    }

    [LoggerMessage(86, LogLevel.Debug, "What vendors say of quotas is not kept in the store for now: {Message}")]
    private partial void LogStore(string message);
}

/// <summary>How it is stored.</summary>
[JsonSerializable(typeof(QuotaSnapshot))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class QuotaJson : JsonSerializerContext;
