using Dragoman.Gateway.StoredResponses;

namespace Dragoman.Server.Api.Responses;

/// <summary>What can be asked about a kept response: itself, its events, its input; and to cancel or forget it.</summary>
internal sealed class StoredResponseEndpoint(StoredItemEndpoint routes, ResponsesState state, EventStreaming streaming)
{
    public Task GetAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var response = await FindAsync(context, owner);
        if (context.Request.Query["stream"] != "true")
        {
            await StoredItemEndpoint.AnswerAsync(context, flow, response.Response);
            return;
        }

        var after = -1L;
        if (context.Request.Query["starting_after"].ToString() is { Length: > 0 } asked && !long.TryParse(asked, out after))
            throw StoredResponseErrors.Invalid("Invalid 'starting_after': expected a number.", "starting_after", "invalid_value");
        await streaming.FollowAsync(context, flow, response.Events ?? EventReplay.From(response), after);
    });

    public Task DeleteAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var response = await FindAsync(context, owner);
        await state.DeleteAsync(owner, response.Id);
        await StoredItemEndpoint.AnswerAsync(context, flow, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, response.Id);
            json.WriteString("object"u8, "response"u8);
            json.WriteBoolean("deleted"u8, true);
            json.WriteEndObject();
        });
    });

    public Task CancelAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var response = await FindAsync(context, owner);
        await StoredItemEndpoint.AnswerAsync(context, flow, (await state.CancelAsync(response)).Response);
    });

    public Task InputItemsAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        var items = await state.InputItemsAsync(await FindAsync(context, owner));
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ListPaging.WritePage(json, items, StoredItemEndpoint.PageOf(context)));
    });

    private async ValueTask<StoredResponse> FindAsync(HttpContext context, string owner)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return await state.FindAsync(owner, id) ?? throw StoredResponseErrors.ResponseNotFound(id);
    }
}
