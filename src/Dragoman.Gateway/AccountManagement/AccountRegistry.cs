using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Text;
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
    private readonly CredentialCells _cells = new();
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<string, StoredReading> _readings = new(StringComparer.Ordinal);
    private readonly List<Account> _connected = [];
    private IReadOnlyList<StoredAccount> _stored = [];
    private GatewayConfig _file;
    private State _current;
    private Task _following = Task.CompletedTask;

    private AccountRegistry(GatewayConfig file, ProviderRegistry providers, IAccountStore store, ISecretProtector secrets, ILogger logger)
    {
        Providers = providers;
        Binder = new StoredAccountBinder(providers, provider => Volatile.Read(ref _file!).SettingsOf(provider));
        _file = WithCells(file);
        _store = store;
        _secrets = secrets;
        _logger = logger;
        _current = Compose();
    }

    /// <summary>The credentials in force, by account id.</summary>
    public CredentialCells Credentials => _cells;

    /// <summary>The providers that accounts may have.</summary>
    public ProviderRegistry Providers { get; }

    /// <summary>Reads accounts of the store.</summary>
    internal StoredAccountBinder Binder { get; }

    /// <summary>The effective configuration: the file's, with the store's accounts that can be used behind its own.</summary>
    public GatewayConfig Current => Volatile.Read(ref _current).Config;

    /// <summary>Every account known, those of the file first.</summary>
    public IReadOnlyList<AccountEntry> Entries => Volatile.Read(ref _current).Entries;

    /// <summary>A new effective configuration holds. Raised one at a time.</summary>
    public event EventHandler<ConfigChangedEventArgs>? Changed;

    /// <summary>Opens the book and follows the store from now on. A store that does not answer is asked again; till then the file's accounts serve.</summary>
    public static async Task<AccountRegistry> OpenAsync(GatewayConfig file, ProviderRegistry providers, IAccountStore store, IChangeFeed changes, ISecretProtector secrets, TimeProvider time, ILogger logger, CancellationToken cancellationToken = default)
    {
        var book = new AccountRegistry(file, providers, store, secrets, logger);
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
            // Accounts of the store may refer to settings of their provider.
            var renewed = Providers.All.Where(provider => !Equals(_file.SettingsOf(provider), changed.SettingsOf(provider))).Select(provider => provider.Id).ToHashSet(StringComparer.Ordinal);
            var hasOtherRules = !_file.Logins.AreSame(changed.Logins);
            foreach (var (id, reading) in _readings.ToList())
                if (hasOtherRules || renewed.Contains(reading.Item.Provider)) _readings.Remove(id);
            _file = WithCells(changed);
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

    /// <summary>Takes up an account that is there only as long as whoever connected it.</summary>
    /// <param name="account">The account, of the origin <see cref="AccountOrigin.Connected"/>.</param>
    /// <returns>Takes it away again.</returns>
    public IDisposable Connect(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        lock (_gate)
        {
            _connected.Add(account);
            Swap();
        }

        return new Connection(this, account);
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
        var previous = Volatile.Read(ref _current);
        var next = Compose();
        // Renewed credentials are in their cells already; nothing has to be composed anew for them.
        var isSame = ReferenceEquals(next.File, previous.File) && next.Config.Accounts.SequenceEqual(previous.Config.Accounts);
        Volatile.Write(ref _current, isSame ? next with { Config = previous.Config } : next);
        if (isSame) return;
        try
        {
            Changed?.Invoke(this, new ConfigChangedEventArgs(previous.Config, next.Config));
        }
        catch (Exception ex)
        {
            // A listener's fault must not end the following of the store.
            LogListener(ex);
        }
    }

    /// <summary>The file's configuration with the cells that are kept for its accounts.</summary>
    private GatewayConfig WithCells(GatewayConfig file)
    {
        var accounts = file.Accounts.Select(account => _cells.Attach(account, sourceVersion: 0)).ToList();
        _cells.Retain(AccountOrigin.Config, accounts.Select(account => account.Id));
        return file with { Accounts = accounts };
    }

    private State Compose()
    {
        var entries = _file.Accounts.Select(account => new AccountEntry(account.Id, account.Label, AccountOrigin.Config) { Account = account }).ToList();
        var labels = entries.Select(entry => entry.Label).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var used = new List<Account>(_file.Accounts);
        var unusable = new List<(Account, string)>();
        foreach (var gone in _readings.Keys.Except(_stored.Select(item => item.Id)).ToList()) _readings.Remove(gone);
        _cells.Retain(AccountOrigin.Store, _stored.Select(item => item.Id));
        foreach (var item in _stored)
        {
            var reading = ReadingOf(item);
            var (account, problem) = (reading.Account, reading.Problem);
            var twin = used.Find(other => other.Id == item.Id) ?? (account is null ? null : used.Find(other => IsTwin(other, account)));
            if (problem is null && twin is not null)
            {
                problem = AccountProblems.SameAs(twin);
            }

            var label = item.Label;
            for (var number = 2; !labels.Add(label); number++) label = $"{item.Label} #{number}";
            if (account is not null && label != account.Label) account = account with { Label = label };
            entries.Add(new AccountEntry(item.Id, label, AccountOrigin.Store) { Account = account, Stored = item, Problem = problem });
            if (account is not null && problem is null) used.Add(account);
            else if (account is { Enabled: true } && reading.Problem is { } own) unusable.Add((account, own.Text));
        }

        foreach (var account in _connected)
        {
            entries.Add(new AccountEntry(account.Id, account.Label, AccountOrigin.Connected) { Account = account });
            used.Add(account);
        }

        return new State(_file, _file with { Accounts = used, Unusable = unusable }, entries);
    }

    /// <summary>What an account of the store is; read once for each of its versions, because a secret is opened for it.</summary>
    private StoredReading ReadingOf(StoredAccount item)
    {
        if (_readings.TryGetValue(item.Id, out var known) && known.Version == item.Version) return known;
        var fresh = Read(item);
        if (fresh.Account is { } read)
        {
            var account = _cells.Attach(read, item.Version);
            // Where only the credential was renewed, the account itself stays the one that is in force.
            fresh = fresh with { Account = known is not null && known.IsSameApartFromCredential(fresh) && known.Account!.Cell == account.Cell ? known.Account : account };
        }

        _readings[item.Id] = fresh;
        if (fresh.Problem is { } problem) LogProblem(item.Label, problem.Text);
        return fresh;
    }

    /// <summary>An account as it is stored, with its secret opened and without a cell that others know; null where it cannot be used.</summary>
    internal Account? Open(StoredAccount item) => Read(item).Account;

    private StoredReading Read(StoredAccount item)
    {
        try
        {
            var secret = item.Secret.IsEmpty ? [] : _secrets.Unprotect(item.Secret.Span, SecretPurpose.Account(item.Id));
            var (account, problems) = Binder.Read(item, secret);
            if (account is not null && Providers.TryGet(account.Provider, out var provider)) account = _file.Logins.Apply(account, provider);
            var errors = problems.Where(problem => problem.Severity == DiagnosticSeverity.Error).Select(problem => $"{problem.Path}: {problem.Message} {problem.Remedy}".Trim());
            return new StoredReading(account, account is null ? AccountProblems.Settings(string.Join(' ', errors)) : item.Problem is { } words ? AccountProblems.Read(words) : null, item);
        }
        catch (SecretUnreadableException ex)
        {
            return new StoredReading(null, AccountProblems.SecretUnreadable(ex.Message), item);
        }
    }

    private static bool IsTwin(Account one, Account other)
        => one.Credential is not NoCredential && one.Provider == other.Provider && AccountIds.StableId(one) == AccountIds.StableId(other);

    [LoggerMessage(20, LogLevel.Warning, "The account {Label} is not used: {Problem}")]
    private partial void LogProblem(string label, string problem);

    [LoggerMessage(21, LogLevel.Error, "The accounts of the store could not be read; what is known of them goes on. {Message}")]
    private partial void LogUnread(string message);

    [LoggerMessage(22, LogLevel.Error, "A change of accounts was not taken up everywhere.")]
    private partial void LogListener(Exception fault);

    private sealed class Connection(AccountRegistry registry, Account account) : IDisposable
    {
        public void Dispose()
        {
            lock (registry._gate)
                if (registry._connected.Remove(account)) registry.Swap();
        }
    }

    private sealed record State(GatewayConfig File, GatewayConfig Config, IReadOnlyList<AccountEntry> Entries);

    private sealed record StoredReading(Account? Account, CodedText? Problem, StoredAccount Item)
    {
        public long Version => Item.Version;

        /// <summary>Whether nothing differs but the credential and what changes with it.</summary>
        public bool IsSameApartFromCredential(StoredReading other)
            => (Problem?.Text, Item.Label, Item.Provider, Item.CredentialKind, Item.Enabled, Item.Priority, Item.Weight, Item.Concurrency, Item.Settings)
                == (other.Problem?.Text, other.Item.Label, other.Item.Provider, other.Item.CredentialKind, other.Item.Enabled, other.Item.Priority, other.Item.Weight, other.Item.Concurrency, other.Item.Settings)
            && Item.Tags.SequenceEqual(other.Item.Tags, StringComparer.Ordinal)
            && Account is { } one && other.Account is { } two && one.ProxyUrl == two.ProxyUrl && one.Headers.Count == two.Headers.Count && !one.Headers.Except(two.Headers).Any();
    }
}
