using System.Text;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Responses;

/// <summary>
/// <c>POST /v1/responses/compact</c>: the same model is asked for a summary, which goes back as the opaque content of a
/// <c>compaction</c> item. Every upstream can do that; the reader of requests opens the item into text again.
/// </summary>
internal sealed class CompactEndpoint(StoredItemEndpoint routes, RequestBodyReader bodies, ClientRequestReader requests, ConversationResolver conversations, RequestRecorder recorder, RequestPipeline pipeline, TimeProvider time)
{
    /// <summary>How much of the user's own words is kept beside the summary, newest first.</summary>
    private const int MostUserBytes = 64 * 1024;

    private const string Order =
        "The conversation above has grown long and will be replaced by a summary of it. Write that summary now, for a model that goes on with the work and knows nothing else. "
        + "Tell what the user wants and how they want it, what has been done and found out, every decision with its reason, the files, names, commands and values that matter, "
        + "what failed, and what remains to be done next. Leave nothing out that is needed to go on. Answer with the summary alone; call no tools.";

    private const string Preamble = "The conversation so far was replaced by this summary of it:\n\n";
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    public Task CompactAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        using var body = await bodies.ReadAsync(context, context.RequestAborted);
        var head = RequestEnvelope.Read(body.WrittenSpan);
        var turn = await conversations.PrepareAsync(owner, body.WrittenMemory, head, request: null);
        var items = InputItems.Each(InputItems.AsList(ResponsesJsonEditor.FieldOf(turn.Body, "input"u8).Bytes));
        if (items.Count == 0) throw StateErrors.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter");
        var request = requests.Read(
            context.Request, Responses, default, Question(turn.Body, items), flow, allowPassthrough: !turn.IsRewritten && !ConversationResolver.HoldsEnvelopes(turn.Body.Span));
        using var channel = new CollectingChannel();
        await recorder.RunAsync(context, request, token => pipeline.ForwardAsync(request, channel, token));
        await AnswerAsync(context, flow, channel, items);
    });

    private async Task AnswerAsync(HttpContext context, string flow, CollectingChannel channel, List<JsonSlice> items)
    {
        if (context.RequestAborted.IsCancellationRequested) return;
        if (channel.Answer.Status != 200)
        {
            var way = new HttpResponseChannel(context);
            way.Begin(channel.Answer.Status == 0 ? 502 : channel.Answer.Status, "application/json", channel.Headers);
            await way.Body.WriteAsync(channel.Answer.Whole, context.RequestAborted);
            return;
        }

        var response = channel.Answer.WholeResponse();
        var summary = response.IsEmpty ? "" : TextOf(response);
        if (summary.Length == 0) throw new WireException(new WireError(ErrorKind.Api, "The model wrote no summary of the conversation.") { Status = 502, Code = "compaction_failed" });
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var usage = ResponsesJsonEditor.FieldOf(response.Bytes, "usage"u8);
        await StoredItemEndpoint.AnswerAsync(context, flow, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, "resp_" + id);
            json.WriteString("object"u8, "response.compaction"u8);
            json.WriteNumber("created_at"u8, time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteStartArray("output"u8);
            foreach (var message in UserMessages(items, id)) message.WriteTo(json);
            json.WriteStartObject();
            json.WriteString("id"u8, "cmp_" + id);
            json.WriteString("type"u8, "compaction"u8);
            json.WriteString("encrypted_content"u8, ResponsesCompactionEnvelope.Encode(Preamble + summary));
            json.WriteEndObject();
            json.WriteEndArray();
            if (usage.IsObject) usage.WriteTo(json, "usage"u8);
            json.WriteEndObject();
        });
    }

    /// <summary>The request for the summary: the client's own, so that the prompt cache holds, with the order at its end.</summary>
    private static ReadOnlyMemory<byte> Question(ReadOnlyMemory<byte> body, List<JsonSlice> items)
    {
        var order = new JsonSlice(Encoding.UTF8.GetBytes($$"""{"type":"message","role":"user","content":[{"type":"input_text","text":{{InputItems.Quote(Order)}}}]}"""));
        var hasTools = ResponsesJsonEditor.FieldOf(body, "tools"u8) is { IsArray: true };
        using var buffer = new PooledBuffer(body.Length + 1024);
        ResponsesJsonEditor.WriteChanged(new JsonSlice(body),
        [
            ("input", ListPaging.Create([.. items.Where(item => InputItems.TextOf(item, "type"u8) != "compaction_trigger"), order])),
            ("store", JsonSlice.Create("false"u8)),
            ("stream", default),
            ("stream_options", default),
            ("background", default),
            ("previous_response_id", default),
            ("conversation", default),
            ("include", default),
            ("text", default),
            ("tool_choice", hasTools ? JsonSlice.Create("\"none\""u8) : default),
        ], buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static string TextOf(JsonSlice response)
    {
        var text = new StringBuilder();
        foreach (var item in InputItems.Each(ResponsesJsonEditor.OutputOf(response.Bytes)))
        {
            if (InputItems.TextOf(item, "type"u8) != "message") continue;
            foreach (var part in InputItems.Each(ResponsesJsonEditor.FieldOf(item.Bytes, "content"u8))) text.Append(InputItems.TextOf(part, "text"u8));
        }

        return text.ToString();
    }

    /// <summary>What the user said, newest first until there is enough of it, in its own order again.</summary>
    private static List<JsonSlice> UserMessages(List<JsonSlice> items, string seed)
    {
        var kept = new List<JsonSlice>();
        var room = MostUserBytes;
        var listed = InputItems.Each(InputItems.Listed(ListPaging.Create(items).Bytes, seed));
        for (var index = listed.Count - 1; index >= 0; index--)
        {
            if (InputItems.TextOf(listed[index], "type"u8) != "message" || InputItems.TextOf(listed[index], "role"u8) != "user") continue;
            room -= listed[index].Bytes.Length;
            if (room < 0) break;
            kept.Insert(0, listed[index]);
        }

        return kept;
    }
}
