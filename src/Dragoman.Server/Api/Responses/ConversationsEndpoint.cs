using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Server.Api.Responses;

/// <summary><c>/v1/conversations</c>: lists of items that turns are added to.</summary>
internal sealed class ConversationsEndpoint(StoredItemEndpoint routes, ResponsesState state, TimeProvider time)
{
    private const int MostItemsAtOnce = 20;

    public Task CreateAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var body = await routes.BodyAsync(context);
        var conversation = new StoredConversation
        {
            Owner = owner,
            Id = "conv_" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N"),
            Created = time.GetUtcNow(),
            Metadata = MetadataOf(body),
            Items = ItemsOf(body),
        };
        await state.Conversations.AddAsync(conversation);
        await StoredItemEndpoint.AnswerAsync(context, flow, json => Write(json, conversation));
    });

    public Task GetAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var conversation = await FindAsync(context, owner);
        await StoredItemEndpoint.AnswerAsync(context, flow, json => Write(json, conversation));
    });

    public Task UpdateAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var metadata = MetadataOf(await routes.BodyAsync(context));
        var changed = await ChangeAsync(context, owner, known => known with { Metadata = metadata });
        await StoredItemEndpoint.AnswerAsync(context, flow, json => Write(json, changed));
    });

    public Task DeleteAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var id = IdOf(context);
        if (!await state.Conversations.DeleteAsync(owner, id)) throw StateErrors.ConversationNotFound(id);
        await StoredItemEndpoint.AnswerAsync(context, flow, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("object"u8, "conversation.deleted"u8);
            json.WriteBoolean("deleted"u8, true);
            json.WriteEndObject();
        });
    });

    public Task AddItemsAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var body = await routes.BodyAsync(context);
        var items = ItemsOf(body);
        if (items.Count == 0) throw StateErrors.Invalid("Missing required parameter: 'items'.", "items", "missing_required_parameter");
        await ChangeAsync(context, owner, known => known with { Items = [.. known.Items, .. items] });
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ListPaging.WritePage(json, items, new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["order"] = "asc" })));
    });

    public Task ListItemsAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var conversation = await FindAsync(context, owner);
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ListPaging.WritePage(json, conversation.Items, context.Request.Query));
    });

    public Task GetItemAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var conversation = await FindAsync(context, owner);
        var id = (string)context.Request.RouteValues["item"]!;
        var item = conversation.Items.FirstOrDefault(item => InputItems.TextOf(item, "id"u8) == id);
        if (item.IsEmpty) throw StateErrors.ItemNotFound(id);
        await StoredItemEndpoint.AnswerAsync(context, flow, item.Bytes);
    });

    public Task DeleteItemAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var id = (string)context.Request.RouteValues["item"]!;
        var changed = await ChangeAsync(context, owner, known =>
        {
            var rest = known.Items.Where(item => InputItems.TextOf(item, "id"u8) != id).ToArray();
            return rest.Length < known.Items.Count ? known with { Items = rest } : throw StateErrors.ItemNotFound(id);
        });
        await StoredItemEndpoint.AnswerAsync(context, flow, json => Write(json, changed));
    });

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private async ValueTask<StoredConversation> FindAsync(HttpContext context, string owner)
        => await state.Conversations.FindAsync(owner, IdOf(context)) ?? throw StateErrors.ConversationNotFound(IdOf(context));

    private async ValueTask<StoredConversation> ChangeAsync(HttpContext context, string owner, Func<StoredConversation, StoredConversation> change)
        => await state.Conversations.ChangeAsync(owner, IdOf(context), change) ?? throw StateErrors.ConversationNotFound(IdOf(context));

    private static JsonSlice MetadataOf(JsonSlice body)
    {
        var metadata = ResponsesJsonEditor.FieldOf(body.Bytes, "metadata"u8);
        if (metadata.IsEmpty) return JsonSlice.Create("{}"u8);
        return metadata.IsObject ? metadata : throw StateErrors.Invalid("'metadata' must be an object.", "metadata", "invalid_type");
    }

    private static List<JsonSlice> ItemsOf(JsonSlice body)
    {
        var items = ResponsesJsonEditor.FieldOf(body.Bytes, "items"u8);
        if (items.IsEmpty) return [];
        if (!items.IsArray) throw StateErrors.Invalid("'items' must be a list.", "items", "invalid_type");
        var listed = InputItems.Each(InputItems.Listed(items.Bytes, Guid.NewGuid().ToString("N")));
        return listed.Count <= MostItemsAtOnce ? listed : throw StateErrors.Invalid($"Invalid 'items': at most {MostItemsAtOnce} may be added at once.", "items", "array_above_max_length");
    }

    private static void Write(Utf8JsonWriter json, StoredConversation conversation)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, conversation.Id);
        json.WriteString("object"u8, "conversation"u8);
        json.WriteNumber("created_at"u8, conversation.Created.ToUnixTimeSeconds());
        conversation.Metadata.WriteTo(json, "metadata"u8);
        json.WriteEndObject();
    }
}
