using Dragoman.Gateway.StoredResponses;

namespace Dragoman.Server.Api.Responses;

/// <summary><c>/v1/conversations</c>: lists of items that turns are added to.</summary>
internal sealed class ConversationsEndpoint(StoredItemEndpoint routes, ConversationService conversations)
{
    public Task CreateAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
        await AnswerAsync(context, flow, await conversations.CreateAsync(owner, await routes.BodyAsync(context))));

    public Task GetAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) => await AnswerAsync(context, flow, await conversations.GetAsync(owner, IdOf(context))));

    public Task UpdateAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
        await AnswerAsync(context, flow, await conversations.UpdateAsync(owner, IdOf(context), await routes.BodyAsync(context))));

    public Task DeleteAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var id = IdOf(context);
        await conversations.DeleteAsync(owner, id);
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
        var items = await conversations.AddItemsAsync(owner, IdOf(context), await routes.BodyAsync(context));
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ListPaging.WritePage(json, items, new ListQuery { Order = "asc" }));
    });

    public Task ListItemsAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var conversation = await conversations.GetAsync(owner, IdOf(context));
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ListPaging.WritePage(json, conversation.Items, StoredItemEndpoint.PageOf(context)));
    });

    public Task GetItemAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
        await StoredItemEndpoint.AnswerAsync(context, flow, (await conversations.GetItemAsync(owner, IdOf(context), ItemOf(context))).Bytes));

    public Task DeleteItemAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
        await AnswerAsync(context, flow, await conversations.DeleteItemAsync(owner, IdOf(context), ItemOf(context))));

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static string ItemOf(HttpContext context) => (string)context.Request.RouteValues["item"]!;

    private static Task AnswerAsync(HttpContext context, string flow, StoredConversation conversation)
        => StoredItemEndpoint.AnswerAsync(context, flow, json => ConversationService.Write(json, conversation));
}
