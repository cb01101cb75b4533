using Dragoman.Gateway.Caching;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Keeps conversations in memory, within the same bounds as responses; the longest unused go first.</summary>
internal sealed class MemoryConversationStore(Func<ResponsesOptions> options, TimeProvider time) : IConversationStore
{
    private readonly Lock _gate = new();
    private readonly LruCache<(string Owner, string Id), StoredConversation> _known = new();

    public ValueTask AddAsync(StoredConversation conversation)
    {
        lock (_gate) Put(conversation);
        return ValueTask.CompletedTask;
    }

    public ValueTask<StoredConversation?> FindAsync(string owner, string id)
    {
        lock (_gate) return new(Find(owner, id));
    }

    public ValueTask<StoredConversation?> ChangeAsync(string owner, string id, Func<StoredConversation, StoredConversation> change)
    {
        lock (_gate)
        {
            if (Find(owner, id) is not { } known) return new((StoredConversation?)null);
            var changed = change(known);
            Put(changed);
            return new(changed);
        }
    }

    public ValueTask<bool> IsOthersAsync(string owner, string id)
    {
        lock (_gate) return new(_known.Keys.Any(known => known.Id == id && known.Owner != owner));
    }

    public ValueTask<bool> DeleteAsync(string owner, string id)
    {
        lock (_gate) return new(_known.Remove((owner, id), out _));
    }

    private StoredConversation? Find(string owner, string id)
    {
        if (!_known.TryGet((owner, id), out var conversation)) return null;
        if (time.GetUtcNow() - conversation.Created <= options().StoreTtl) return conversation;
        _known.Remove((owner, id), out _);
        return null;
    }

    private void Put(StoredConversation conversation)
    {
        var limits = options();
        _known.Set((conversation.Owner, conversation.Id), conversation, conversation.Size);
        while ((_known.Size > limits.StoreMaxBytes || _known.Count > limits.StoreMaxCount) && _known.TryPeekOldest(out var key, out _)) _known.Remove(key, out _);
    }
}
