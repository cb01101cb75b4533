using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Access;

/// <summary>
/// What a manager must show. Three places can hold one, and any that does counts: <c>DRAGOMAN_MANAGEMENT_SECRET</c>,
/// <c>remote-management.secret-key</c>, and the store (hashed and wrapped; made by <c>dragoman settings secret</c>). The stored one is read
/// anew whenever the store says it changed, and asked for again while the store is away.
/// </summary>
public sealed partial class ManagementSecret : IAsyncDisposable
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "DRAGOMAN_MANAGEMENT_SECRET";

    /// <summary>The setting in the store.</summary>
    public const string SettingName = "management.secret";

    /// <summary>The shortest secret that is accepted for the store.</summary>
    public const int ShortestNew = 12;

    private const int LongestShown = 1_024;

    /// <summary>How long to wait before a store that did not answer is asked again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Func<GatewayConfig> _config;
    private readonly IGatewayStore _store;
    private readonly ISecretProtector _secrets;
    private readonly ILogger _log;
    private readonly string? _environment;
    private readonly StoreSubscription _subscription;
    private readonly byte[] _processKey = RandomNumberGenerator.GetBytes(32);
    private readonly SemaphoreSlim _slow = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private Task _following = Task.CompletedTask;
    private volatile string? _stored;
    private volatile Known? _known;

    /// <summary>Prepares a secret that is not read yet: <see cref="OpenAsync"/> reads it.</summary>
    /// <param name="config">The configuration in force.</param>
    /// <param name="store">Keeps the stored one.</param>
    /// <param name="secrets">Opens the stored one.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Takes what could not be read.</param>
    public ManagementSecret(Func<GatewayConfig> config, IGatewayStore store, ISecretProtector secrets, Func<string, string?> environment, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _config = config;
        _store = store;
        _secrets = secrets;
        _log = log;
        _environment = environment(Variable) is { Length: > 0 } given ? given : null;
        _subscription = new StoreSubscription(static change => change is { Kind: StoreChangeKind.Setting, Id: SettingName }, ReadAsync, LogUnread, Pause, time);
    }

    /// <summary>Whether there is one at all.</summary>
    public bool IsSet => _environment is not null || _config().Management.SecretKey is not null || _stored is not null;

    /// <summary>Reads the stored secret and follows it from now on; once.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // Listened to from before the first reading, so that no change is missed between the two.
        var changes = _store.Changes.ListenAsync(_closing.Token);
        var isFresh = await _subscription.TryReadAsync(cancellationToken);
        _following = _subscription.RunAsync(changes, isStale: !isFresh, _closing.Token);
    }

    /// <summary>Whether what was shown is the secret. Slow by intent the first time, quick once it was right.</summary>
    public async ValueTask<bool> MatchesAsync(string shown, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shown);
        if (shown.Length is 0 or > LongestShown) return false;
        var digest = HMACSHA256.HashData(_processKey, Encoding.UTF8.GetBytes(shown));
        var plain = Same(_environment, shown) | (_config().Management is { IsHashed: false, SecretKey: { } configured } && Same(configured, shown));
        if (plain) return true;
        string?[] hashes = [_stored, _config().Management is { IsHashed: true, SecretKey: { } hashed } ? hashed : null];
        if (_known is { } known && hashes.Contains(known.Hash) && CryptographicOperations.FixedTimeEquals(known.Digest, digest)) return true;
        // One at a time: guesses must not take all the processor.
        await _slow.WaitAsync(cancellationToken);
        try
        {
            foreach (var hash in hashes)
            {
                if (hash is null || !Matches(hash, shown)) continue;
                _known = new Known(hash, digest);
                return true;
            }

            return false;
        }
        finally
        {
            _slow.Release();
        }
    }

    /// <summary>A mark of everything that counts as the secret now, keyed: it is another as soon as any of it changes, and tells nothing to who does not have the key.</summary>
    /// <param name="key">The key: random, and kept nowhere beside the mark.</param>
    public byte[] MarkFor(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var parts = new[] { _environment, _config().Management.SecretKey, _stored }.Select(static part => part is null ? "-" : $"{part.Length}:{part}");
        return HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(string.Join('\n', parts)));
    }

    /// <summary>Keeps a new secret in the store, hashed.</summary>
    public static async Task StoreAsync(IGatewayStore store, ISecretProtector secrets, string secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(secrets);
        var wrapped = secrets.Protect(Encoding.UTF8.GetBytes(SecretHash.Make(secret)), SecretPurpose.Setting(SettingName));
        await store.Settings.SetAsync(new Setting(SettingName, "") { Secret = wrapped }, null, cancellationToken);
    }

    /// <summary>Reads the stored secret anew; where the store does not answer, the one known before stays in force and the store is asked again later.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!await _subscription.TryReadAsync(cancellationToken)) _subscription.Request();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _following;
        _closing.Dispose();
        _slow.Dispose();
    }

    private static bool Matches(string hash, string shown) => ManagementOptions.IsBcrypt(hash) ? BcryptHash.Matches(hash, shown) : SecretHash.Matches(hash, shown);

    /// <summary>Compares digests, so that neither length nor content shows in the time it takes.</summary>
    private bool Same(string? secret, string shown) => secret is not null
        && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_processKey, Encoding.UTF8.GetBytes(secret)), HMACSHA256.HashData(_processKey, Encoding.UTF8.GetBytes(shown)));

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var setting = await _store.Settings.GetAsync(SettingName, cancellationToken);
        try
        {
            _stored = setting is { Secret.IsEmpty: false } ? Encoding.UTF8.GetString(_secrets.Unprotect(setting.Secret.Span, SecretPurpose.Setting(SettingName))) : null;
        }
        catch (SecretUnreadableException ex)
        {
            // Asking again would not help: it needs another master key, or a new secret.
            LogUnread(ex.Message);
        }
    }

    [LoggerMessage(61, LogLevel.Error, "The stored management secret could not be read; the one known before stays in force. {Fault}")]
    private partial void LogUnread(string fault);

    private sealed record Known(string Hash, byte[] Digest);
}
