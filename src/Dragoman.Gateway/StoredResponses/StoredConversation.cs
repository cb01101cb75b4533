using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>A kept conversation: a list of items that turns are added to.</summary>
public sealed record StoredConversation
{
    /// <summary>Whose it is; the id of the caller's key, empty on an open gateway.</summary>
    public required string Owner { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The client's own notes, a JSON object.</summary>
    public JsonSlice Metadata { get; init; }

    /// <summary>Its items, oldest first, each in full form and with an id.</summary>
    public IReadOnlyList<JsonSlice> Items { get; init; } = [];

    /// <summary>How many bytes it takes, roughly.</summary>
    public long Size => 512 + Metadata.Bytes.Length + Items.Sum(item => (long)item.Bytes.Length + 32);
}

/// <summary>Keeps conversations.</summary>
public interface IConversationStore
{
    /// <summary>Keeps a new conversation.</summary>
    ValueTask AddAsync(StoredConversation conversation);

    /// <summary>An owner's conversation; null when it is unknown, too old, or another's.</summary>
    ValueTask<StoredConversation?> FindAsync(string owner, string id);

    /// <summary>Whether a conversation is kept for somebody else than this owner.</summary>
    ValueTask<bool> IsOthersAsync(string owner, string id);

    /// <summary>Changes a conversation in one step; null when it is not known.</summary>
    ValueTask<StoredConversation?> ChangeAsync(string owner, string id, Func<StoredConversation, StoredConversation> change);

    /// <summary>Forgets a conversation; false when it was not known.</summary>
    ValueTask<bool> DeleteAsync(string owner, string id);
}
