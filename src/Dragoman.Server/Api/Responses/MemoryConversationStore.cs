using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Api.Responses;

/// <summary>Keeps conversations in memory, within the same bounds as responses; the longest unused go first.</summary>
internal sealed class MemoryConversationStore(Func<ResponsesOptions> options, TimeProvider time) : IConversationStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Owner, string Id), LinkedListNode<StoredConversation>> _known = [];
    private readonly LinkedList<StoredConversation> _byUse = [];
    private long _bytes;

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
        lock (_gate) return new(Forget((owner, id)));
    }

    private StoredConversation? Find(string owner, string id)
    {
        if (!_known.TryGetValue((owner, id), out var node)) return null;
        if (time.GetUtcNow() - node.Value.Created > options().StoreTtl)
        {
            Forget((owner, id));
            return null;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);
        return node.Value;
    }

    private void Put(StoredConversation conversation)
    {
        var limits = options();
        Forget((conversation.Owner, conversation.Id));
        _known[(conversation.Owner, conversation.Id)] = _byUse.AddLast(conversation);
        _bytes += conversation.Size;
        while (_byUse.First is { } oldest && (_bytes > limits.StoreMaxBytes || _known.Count > limits.StoreMaxCount)) Forget((oldest.Value.Owner, oldest.Value.Id));
    }

    private bool Forget((string, string) key)
    {
        if (!_known.Remove(key, out var node)) return false;
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
        return true;
    }
}
