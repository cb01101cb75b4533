using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Script;

/// <content>Ways to make a reply.</content>
public sealed partial record ScriptedReply
{
    /// <summary>A whole body.</summary>
    public static ScriptedReply Whole(string body, string contentType = "application/json", int status = 200) =>
        new() { Status = status, ContentType = contentType, Chunks = [new(Encoding.UTF8.GetBytes(body))] };

    /// <summary>Server-sent events, one a JSON text. With <paramref name="named"/> each gets an event line that repeats its `type`
    /// (Anthropic, Responses); without, only a data line (Chat, Gemini). <paramref name="done"/> adds `data: [DONE]`.</summary>
    public static ScriptedReply Events(IEnumerable<string> json, bool named, bool done = false)
    {
        var chunks = json.Where(line => line.Length > 0)
            .Select(line => new ScriptedChunk(JsonExtensions.Sse(named ? JsonNode.Parse(line)?["type"].Str() : null, line)))
            .ToList();
        if (done)
            chunks.Add(new ScriptedChunk("data: [DONE]\n\n"u8.ToArray()));
        return new() { ContentType = "text/event-stream", Chunks = chunks };
    }

    /// <summary>AWS event-stream frames, one a JSON text whose single member is the event's name and holds its payload.</summary>
    public static ScriptedReply AwsEvents(IEnumerable<string> json)
    {
        var chunks = new List<ScriptedChunk>();
        foreach (var line in json.Where(line => line.Length > 0))
        {
            var (name, payload) = JsonNode.Parse(line)!.AsObject().First();
            chunks.Add(new ScriptedChunk(AwsFrame.Event(name, JsonExtensions.Bytes(payload ?? new JsonObject()))));
        }

        return new() { ContentType = AwsFrame.ContentType, Chunks = chunks };
    }
}
