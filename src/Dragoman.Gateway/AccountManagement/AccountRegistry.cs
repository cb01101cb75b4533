using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>
/// All accounts: those of the configuration file and those of the store, put together as one effective configuration. A changed file and a
/// changed store both lead to a new one, which is swapped whole. An account of the store that cannot be used (its secret cannot be opened,
/// its settings are at fault, the file has the same one) is kept and shown with its problem.
/// </summary>
public sealed partial class AccountRegistry : IAsyncDisposable
{
    private static readonly TimeSpan ReloadTimeout = TimeSpan.FromSeconds(5);

    private readonly IAccountStore _store;
    private readonly ISecretProtector _secrets;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<string, StoredReading> _readings = new(StringComparer.Ordinal);
    private IReadOnlyList<StoredAccount> _stored = [];
    private GatewayConfig _file;
    private State _current;
    private Task _following = Task.CompletedTask;

    private AccountRegistry(GatewayConfig file, IAccountStore store, ISecretProtector secrets, ILogger logger)
    {
        _file = file;
        _store = store;
        _secrets = secrets;
        _logger = logger;
        _current = Compose();
    }

    /// <summary>The effective configuration: the file's, with the store's accounts that can be used behind its own.</summary>
    public GatewayConfig Current => Volatile.Read(ref _current).Config;

    /// <summary>Every account known, those of the file first.</summary>
    public IReadOnlyList<AccountEntry> Entries => Volatile.Read(ref _current).Entries;

    /// <summary>A new effective configuration holds. Raised one at a time.</summary>
    public event EventHandler<ConfigChangedEventArgs>? Changed;

    /// <summary>Opens the book and follows the store from now on. A store that does not answer is asked again; till then the file's accounts serve.</summary>
    public static async Task<AccountRegistry> OpenAsync(GatewayConfig file, IAccountStore store, IChangeFeed changes, ISecretProtector secrets, TimeProvider time, ILogger logger, CancellationToken cancellationToken = default)
    {
        var book = new AccountRegistry(file, store, secrets, logger);
        var feed = changes.ListenAsync(book._closing.Token);
        var subscription = new StoreSubscription(static change => change.Kind == StoreChangeKind.Account, book.RefreshAsync, book.LogUnread, ReloadTimeout, time);
        var read = await subscription.TryReadAsync(cancellationToken);
        book._following = Task.Run(() => subscription.RunAsync(feed, isStale: !read, book._closing.Token), CancellationToken.None);
        return book;
    }

    /// <summary>Takes up a changed file.</summary>
    public void Take(GatewayConfig changed)
    {
        lock (_gate)
        {
            _file = changed;
            Swap();
        }
    }

    /// <summary>Reads the store again now: who has just changed an account sees the change in force when this is done.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var listed = await _store.ListAsync(cancellationToken);
            lock (_gate)
            {
                _stored = listed;
                Swap();
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _following;
        _closing.Dispose();
        _reading.Dispose();
    }

    private void Swap()
    {
        var previous = Current;
        var next = Compose();
        Volatile.Write(ref _current, next);
        try
        {
            Changed?.Invoke(this, new ConfigChangedEventArgs(previous, next.Config));
        }
        catch (Exception ex)
        {
            // A listener's fault must not end the following of the store.
            LogListener(ex);
        }
    }

    private State Compose()
    {
        var entries = _file.Accounts.Select(account => new AccountEntry(account.Id, account.Label, AccountOrigin.Config) { Account = account }).ToList();
        var labels = entries.Select(entry => entry.Label).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var used = new List<Account>(_file.Accounts);
        foreach (var gone in _readings.Keys.Except(_stored.Select(item => item.Id)).ToList()) _readings.Remove(gone);
        foreach (var item in _stored)
        {
            var (account, problem) = ReadingOf(item);
            var twin = used.Find(other => other.Id == item.Id) ?? (account is null ? null : used.Find(other => IsTwin(other, account)));
            if (problem is null && twin is not null)
            {
                problem = $"The same key, address and prefix belong to '{twin.Label}' {(twin.Origin == AccountOrigin.Config ? "of the configuration file" : "too")}, and that account is used. Remove one of the two.";
            }

            var label = item.Label;
            for (var number = 2; !labels.Add(label); number++) label = $"{item.Label} #{number}";
            if (account is not null && label != account.Label) account = account with { Label = label };
            entries.Add(new AccountEntry(item.Id, label, AccountOrigin.Store) { Account = account, Stored = item, Problem = problem });
            if (account is not null && problem is null) used.Add(account);
        }

        return new State(_file with { Accounts = used }, entries);
    }

    /// <summary>What an account of the store is; read once for each of its versions, because a secret is opened for it.</summary>
    private StoredReading ReadingOf(StoredAccount item)
    {
        if (_readings.TryGetValue(item.Id, out var known) && known.Version == item.Version) return known;
        var fresh = Read(item);
        _readings[item.Id] = fresh;
        if (fresh.Problem is { } problem) LogProblem(item.Label, problem);
        return fresh;
    }

    private StoredReading Read(StoredAccount item)
    {
        try
        {
            var secret = item.Secret.IsEmpty ? [] : _secrets.Unprotect(item.Secret.Span, SecretPurpose.Account(item.Id));
            var (account, problems) = StoredAccountBinder.Read(item, secret);
            var errors = problems.Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => $"{problem.Path}: {problem.Message} {problem.Remedy}".Trim());
            return new StoredReading(account, account is null ? string.Join(' ', errors) : item.Problem) { Version = item.Version };
        }
        catch (SecretUnreadableException ex)
        {
            return new StoredReading(null, $"Its secret cannot be opened: {ex.Message}") { Version = item.Version };
        }
    }

    private static bool IsTwin(Account one, Account other)
        => one.Credential is not NoCredential && one.Provider == other.Provider && StoredAccountBinder.StableId(one) == StoredAccountBinder.StableId(other);

    [LoggerMessage(1, LogLevel.Warning, "The account {Label} is not used: {Problem}")]
    private partial void LogProblem(string label, string problem);

    [LoggerMessage(2, LogLevel.Error, "The accounts of the store could not be read; what is known of them goes on. {Message}")]
    private partial void LogUnread(string message);

    [LoggerMessage(3, LogLevel.Error, "A change of accounts was not taken up everywhere.")]
    private partial void LogListener(Exception fault);

    private sealed record State(GatewayConfig Config, IReadOnlyList<AccountEntry> Entries);

    private sealed record StoredReading(Account? Account, string? Problem)
    {
        public long Version { get; init; }
    }
}
