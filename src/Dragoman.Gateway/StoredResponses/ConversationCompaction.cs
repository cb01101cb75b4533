using System.Text;
using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Compacts a conversation (<c>POST /v1/responses/compact</c>): the same model is asked for a summary, which goes back as the opaque content of a
/// <c>compaction</c> item. Every upstream can do that; the reader of requests opens the item into text again.
/// </summary>
public static class ConversationCompaction
{
    /// <summary>How much of the user's own words is kept beside the summary, newest first.</summary>
    private const int MostUserBytes = 64 * 1024;

    private const string Order =
        "The conversation above has grown long and will be replaced by a summary of it. Write that summary now, for a model that goes on with the work and knows nothing else. "
        + "Tell what the user wants and how they want it, what has been done and found out, every decision with its reason, the files, names, commands and values that matter, "
        + "what failed, and what remains to be done next. Leave nothing out that is needed to go on. Answer with the summary alone; call no tools.";

    private const string Preamble = "The conversation so far was replaced by this summary of it:\n\n";

    /// <summary>The items of a request's <c>input</c>.</summary>
    /// <exception cref="WireException">There are none.</exception>
    public static IReadOnlyList<JsonSlice> ItemsOf(ReadOnlyMemory<byte> body)
    {
        var items = InputItems.Each(InputItems.AsList(ResponsesJsonEditor.FieldOf(body, "input"u8).Bytes));
        return items.Count > 0 ? items : throw StoredResponseErrors.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter");
    }

    /// <summary>The request for the summary: the client's own, so that the prompt cache holds, with the order at its end.</summary>
    public static ReadOnlyMemory<byte> WriteRequest(ReadOnlyMemory<byte> body, IReadOnlyList<JsonSlice> items)
    {
        var order = new JsonSlice(Encoding.UTF8.GetBytes($$"""{"type":"message","role":"user","content":[{"type":"input_text","text":{{InputItems.Quote(Order)}}}]}"""));
        var hasTools = ResponsesJsonEditor.FieldOf(body, "tools"u8) is { IsArray: true };
        using var buffer = new PooledBuffer(body.Length + 1024);
        JsonObjectPatch.Write(new JsonSlice(body),
        [
            ("input", InputItems.ArrayOf([.. items.Where(item => InputItems.TextOf(item, "type"u8) != "compaction_trigger"), order])),
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

    /// <summary>The summary that the model's answer holds.</summary>
    /// <exception cref="WireException">There is none.</exception>
    public static string SummaryOf(JsonSlice response)
    {
        var summary = response.IsEmpty ? "" : TextOf(response);
        return summary.Length > 0 ? summary : throw new WireException(new WireError(ErrorKind.Api, "The model wrote no summary of the conversation.") { Status = 502, Code = "compaction_failed" });
    }

    /// <summary>Writes the compacted conversation: what the user said last, and the summary.</summary>
    public static void Write(Utf8JsonWriter json, string summary, JsonSlice response, IReadOnlyList<JsonSlice> items, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now).ToString("N");
        var usage = ResponsesJsonEditor.FieldOf(response.Bytes, "usage"u8);
        json.WriteStartObject();
        json.WriteString("id"u8, "resp_" + id);
        json.WriteString("object"u8, "response.compaction"u8);
        json.WriteNumber("created_at"u8, now.ToUnixTimeSeconds());
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
    private static List<JsonSlice> UserMessages(IReadOnlyList<JsonSlice> items, string seed)
    {
        var kept = new List<JsonSlice>();
        var room = MostUserBytes;
        var listed = InputItems.Each(InputItems.Listed(InputItems.ArrayOf(items).Bytes, seed));
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
