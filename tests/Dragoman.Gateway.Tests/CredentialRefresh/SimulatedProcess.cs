using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.CredentialRefresh;

/// <summary>A process of the gateway in the simulation. Killed, it goes no further wherever it stands; its place is taken by a new one.</summary>
internal sealed class SimulatedProcess : IStoredCredentials
{
    private readonly SimulatedDatabase _database;
    private readonly SimulatedVendor _vendor;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (CredentialCell Cell, long Version)> _cells = new(StringComparer.Ordinal);

    private long _taken = -1;

    public SimulatedProcess(SimulatedDatabase database, SimulatedVendor vendor, TimeProvider time, Random random, string name)
    {
        _database = database;
        _vendor = vendor;
        _time = time;
        _random = random;
        var store = new SimulatedStore(database, this);
        Refresher = new CredentialRefresher(store, store, this, new RefreshOptions(), name, time, NullLogger.Instance, CancellationToken.None);
        Take();
    }

    public CredentialRefresher Refresher { get; }

    public bool IsKilled { get; set; }

    /// <summary>Whether the database cannot be reached.</summary>
    public bool IsPartitioned { get; set; }

    /// <summary>A moment passes; a killed process waits for ever.</summary>
    public async Task PassTimeAsync(int most = 50)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, most)), _time);
        if (IsKilled) await new TaskCompletionSource().Task;
    }

    public CredentialCell? CellOf(string accountId) => _cells.TryGetValue(accountId, out var known) ? known.Cell : null;

    public ITokenRefresher? RefresherOf(StoredAccount stored) => new Exchange(this);

    public VendorContext VendorOf(Account account) => new(null!, _time, null);

    public (Account Account, OAuthCredential Credential)? Open(StoredAccount stored)
    {
        var credential = Read(stored);
        return (new Account { Id = stored.Id, Label = stored.Label, Provider = stored.Provider, Protocol = Protocol.OpenAiResponses, BaseUrl = "", Credential = credential }, credential);
    }

    public StoredAccount Seal(StoredAccount stored, OAuthCredential credential) => stored with { Secret = System.Text.Encoding.ASCII.GetBytes(credential.RefreshToken!) };

    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await PassTimeAsync();
        if (IsPartitioned) throw new StoreException(StoreFault.Unavailable, "The database cannot be reached.");
        Take();
    }

    private void Take()
    {
        if (_taken == _database.Changes) return;
        _taken = _database.Changes;
        foreach (var stored in _database.Accounts.Values)
        {
            var credential = Read(stored);
            if (!_cells.TryGetValue(stored.Id, out var known)) _cells[stored.Id] = (new CredentialCell(credential, stored.Version), stored.Version);
            else known.Cell.TakeSource(credential, stored.Version);
        }
    }

    private static OAuthCredential Read(StoredAccount stored)
    {
        var token = System.Text.Encoding.ASCII.GetString(stored.Secret.Span);
        return new OAuthCredential { AccessToken = "access of " + token, RefreshToken = token };
    }

    private sealed class Exchange(SimulatedProcess process) : ITokenRefresher
    {
        public async Task<Providers.TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
        {
            var answer = await process._vendor.RefreshAsync(process, credential.RefreshToken!);
            return answer;
        }
    }
}
