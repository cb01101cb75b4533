using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Keeps conversations in the store, with those used last in memory where no other process shares it. What two nodes add to one conversation at the same
/// moment stands in it in the order in which the store took it.
/// </summary>
/// <param name="cache">Those used last.</param>
/// <param name="rows">The store.</param>
/// <param name="isShared">Whether other processes work on the same store, so that what is in memory may be old.</param>
internal sealed class PersistentConversationStore(MemoryConversationStore cache, ResponsePersistence rows, bool isShared) : IConversationStore, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);

    public async ValueTask AddAsync(StoredConversation conversation)
    {
        await cache.AddAsync(conversation);
        await rows.WriteNowAsync(RowOf(conversation));
    }

    public async ValueTask<StoredConversation?> FindAsync(string owner, string id)
    {
        if (!isShared && await cache.FindAsync(owner, id) is { } known) return known;
        if (await rows.ReadAsync(owner, id) is not { Status: PersistentResponseStore.ConversationStatus } row) return null;
        var conversation = From(row);
        await cache.AddAsync(conversation);
        return conversation;
    }

    public async ValueTask<bool> IsOthersAsync(string owner, string id)
        => await cache.IsOthersAsync(owner, id) || (await rows.OwnerOfAsync(id) is { } known && known != owner);

    public async ValueTask<StoredConversation?> ChangeAsync(string owner, string id, Func<StoredConversation, StoredConversation> change)
    {
        if (isShared) return await ChangeSharedAsync(owner, id, change);
        await _changing.WaitAsync();
        try
        {
            if (await FindAsync(owner, id) is not { } known) return null;
            var changed = change(known);
            await AddAsync(changed);
            return changed;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async ValueTask<StoredConversation?> ChangeSharedAsync(string owner, string id, Func<StoredConversation, StoredConversation> change)
    {
        var row = await rows.ChangeAsync(owner, id, row => row.Status == PersistentResponseStore.ConversationStatus ? RowOf(change(From(row))) : null);
        if (row is null) return null;
        var changed = From(row);
        await cache.AddAsync(changed);
        return changed;
    }

    public async ValueTask<bool> DeleteAsync(string owner, string id)
    {
        if (await FindAsync(owner, id) is null) return false;
        var known = await cache.DeleteAsync(owner, id);
        return await rows.RemoveAsync(owner, id) || known;
    }

    public void Dispose() => _changing.Dispose();

    private ResponseStateRecord RowOf(StoredConversation conversation) => new()
    {
        Id = conversation.Id,
        Owner = conversation.Owner,
        Status = PersistentResponseStore.ConversationStatus,
        Response = conversation.Metadata.Bytes,
        InputItems = InputItems.ArrayOf(conversation.Items).Bytes,
        CreatedAt = conversation.Created,
        ExpiresAt = rows.ExpiryOf(conversation.Created),
    };

    private static StoredConversation From(ResponseStateRecord row) => new()
    {
        Owner = row.Owner,
        Id = row.Id,
        Created = row.CreatedAt,
        Metadata = new JsonSlice(row.Response),
        Items = InputItems.Each(new JsonSlice(row.InputItems)),
    };
}
