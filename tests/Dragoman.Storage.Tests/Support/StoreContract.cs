using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Tests.Support;

/// <summary>What every engine must keep: each suite of these runs on an empty database of its own.</summary>
public abstract class StoreContract<TPlace> : IAsyncLifetime
    where TPlace : StorePlace, new()
{
    protected static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    protected TPlace Place { get; } = new();

    protected IGatewayStore Store { get; private set; } = null!;

    protected TempFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Place.PrepareAsync();
        Store = await Place.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null) await Store.DisposeAsync();
        await Place.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static StoredAccount Account(string id) => new() { Id = id, Label = $"label {id}", Provider = "claude", CredentialKind = "api-key", Secret = new byte[] { 1, 2, 3 } };

    protected static ClientKey Key(string id) => new() { Id = id, Name = $"name {id}", Hash = new byte[] { 4, 5, 6 } };

    protected static UsageEntry Usage(string id, DateTimeOffset at, long input = 100, long output = 10, decimal? cost = 0.001m, string key = "k", string account = "a", string model = "m") => new()
    {
        RequestId = id, At = at, KeyId = key, AccountId = account, Provider = "claude", Model = model, RequestedModel = model, Status = 200, InputTokens = input, OutputTokens = output,
        Cost = cost, Duration = TimeSpan.FromMilliseconds(200), FirstByte = TimeSpan.FromMilliseconds(50),
    };

    protected static async Task<StoreChange> NextAsync(IAsyncEnumerator<StoreChange> changes)
    {
        (await changes.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        return changes.Current;
    }
}
