using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>What can be done with a client's conversations (<c>/v1/conversations</c>): they are made, read, changed and forgotten, and items are added and removed.</summary>
public sealed class ConversationService(ResponsesState state, TimeProvider time)
{
    private const int MostItemsAtOnce = 20;

    /// <summary>Makes a conversation of a request's <c>metadata</c> and <c>items</c>.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">The request is not valid.</exception>
    public async ValueTask<StoredConversation> CreateAsync(string owner, JsonSlice body)
    {
        var conversation = new StoredConversation
        {
            Owner = owner,
            Id = "conv_" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N"),
            Created = time.GetUtcNow(),
            Metadata = MetadataOf(body),
            Items = ItemsOf(body),
        };
        await state.Conversations.AddAsync(conversation);
        return conversation;
    }

    /// <summary>An owner's conversation.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">It is not known.</exception>
    public async ValueTask<StoredConversation> GetAsync(string owner, string id) => await state.Conversations.FindAsync(owner, id) ?? throw StoredResponseErrors.ConversationNotFound(id);

    /// <summary>Replaces a conversation's metadata by that of a request.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">It is not known, or the request is not valid.</exception>
    public ValueTask<StoredConversation> UpdateAsync(string owner, string id, JsonSlice body)
    {
        var metadata = MetadataOf(body);
        return ChangeAsync(owner, id, known => known with { Metadata = metadata });
    }

    /// <summary>Forgets a conversation.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">It is not known.</exception>
    public async ValueTask DeleteAsync(string owner, string id)
    {
        if (!await state.Conversations.DeleteAsync(owner, id)) throw StoredResponseErrors.ConversationNotFound(id);
    }

    /// <summary>Adds a request's <c>items</c> to a conversation.</summary>
    /// <returns>The added items, each in full form and with an id.</returns>
    /// <exception cref="Dragoman.Protocols.WireException">It is not known, or the request is not valid.</exception>
    public async ValueTask<IReadOnlyList<JsonSlice>> AddItemsAsync(string owner, string id, JsonSlice body)
    {
        var items = ItemsOf(body);
        if (items.Count == 0) throw StoredResponseErrors.Invalid("Missing required parameter: 'items'.", "items", "missing_required_parameter");
        await ChangeAsync(owner, id, known => known with { Items = [.. known.Items, .. items] });
        return items;
    }

    /// <summary>One item of a conversation.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">The conversation or the item is not known.</exception>
    public async ValueTask<JsonSlice> GetItemAsync(string owner, string id, string itemId)
    {
        var conversation = await GetAsync(owner, id);
        var item = conversation.Items.FirstOrDefault(item => InputItems.TextOf(item, "id"u8) == itemId);
        return item.IsEmpty ? throw StoredResponseErrors.ItemNotFound(itemId) : item;
    }

    /// <summary>Removes an item from a conversation.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">The conversation or the item is not known.</exception>
    public ValueTask<StoredConversation> DeleteItemAsync(string owner, string id, string itemId) => ChangeAsync(owner, id, known =>
    {
        var rest = known.Items.Where(item => InputItems.TextOf(item, "id"u8) != itemId).ToArray();
        return rest.Length < known.Items.Count ? known with { Items = rest } : throw StoredResponseErrors.ItemNotFound(itemId);
    });

    /// <summary>Writes a conversation as clients see it: without its items.</summary>
    public static void Write(Utf8JsonWriter json, StoredConversation conversation)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, conversation.Id);
        json.WriteString("object"u8, "conversation"u8);
        json.WriteNumber("created_at"u8, conversation.Created.ToUnixTimeSeconds());
        conversation.Metadata.WriteTo(json, "metadata"u8);
        json.WriteEndObject();
    }

    private async ValueTask<StoredConversation> ChangeAsync(string owner, string id, Func<StoredConversation, StoredConversation> change)
        => await state.Conversations.ChangeAsync(owner, id, change) ?? throw StoredResponseErrors.ConversationNotFound(id);

    private static JsonSlice MetadataOf(JsonSlice body)
    {
        var metadata = ResponsesJsonEditor.FieldOf(body.Bytes, "metadata"u8);
        if (metadata.IsEmpty) return JsonSlice.Create("{}"u8);
        return metadata.IsObject ? metadata : throw StoredResponseErrors.Invalid("'metadata' must be an object.", "metadata", "invalid_type");
    }

    private static List<JsonSlice> ItemsOf(JsonSlice body)
    {
        var items = ResponsesJsonEditor.FieldOf(body.Bytes, "items"u8);
        if (items.IsEmpty) return [];
        if (!items.IsArray) throw StoredResponseErrors.Invalid("'items' must be a list.", "items", "invalid_type");
        var listed = InputItems.Each(InputItems.Listed(items.Bytes, Guid.NewGuid().ToString("N")));
        return listed.Count <= MostItemsAtOnce ? listed : throw StoredResponseErrors.Invalid($"Invalid 'items': at most {MostItemsAtOnce} may be added at once.", "items", "array_above_max_length");
    }
}
