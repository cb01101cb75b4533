using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Faults;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Script;

namespace Dragoman.Emulators;

/// <summary>`/_emulator/…`: scripts in, requests out.</summary>
internal static class ControlApi
{
    public static Reply Answer(Call call, EmulatorServer server)
    {
        switch (call.Method, call.Segments)
        {
            case ("POST", [_, "script"]):
                try
                {
                    var body = JsonNode.Parse(call.Body);
                    var replies = body as JsonArray ?? body?["replies"] as JsonArray ?? [body?.DeepClone()];
                    server.Script.Add([.. replies.Select(Read)]);
                }
                catch (Exception error) when (error is System.Text.Json.JsonException or FormatException or InvalidOperationException)
                {
                    return Reply.Json(new JsonObject { ["error"] = error.Message }, 400);
                }

                return Reply.Json(new JsonObject { ["queued"] = server.Script.Count });
            case ("GET", [_, "script"]):
                return Reply.Json(new JsonObject { ["queued"] = server.Script.Count });
            case ("DELETE", [_, "script"]):
                server.Script.Clear();
                server.ClearFaults();
                return Reply.Json(new JsonObject { ["queued"] = 0 });
            case ("GET", [_, "requests"]):
                return Requests(call, server);
            case ("DELETE", [_, "requests"]):
                server.Log.Clear();
                return Reply.Json(new JsonObject { ["requests"] = new JsonArray() });
            case ("POST", [_, "reset"]):
                server.Reset();
                return Reply.Json(new JsonObject { ["queued"] = 0 });
            default:
                return Reply.Json(new JsonObject { ["error"] = $"No such control route: {call.Method} {call.Path}" }, 404);
        }
    }

    private static Reply Requests(Call call, EmulatorServer server)
    {
        var list = server.Log.All().AsEnumerable();
        if (call.Query.TryGetValue("path", out var path))
            list = list.Where(request => request.Target.Contains(path, StringComparison.Ordinal));
        if (call.Query.TryGetValue("limit", out var limit) && int.TryParse(limit, CultureInfo.InvariantCulture, out var most))
            list = list.TakeLast(most);
        return Reply.Json(new JsonObject { ["requests"] = new JsonArray([.. list.Select(Write)]) });
    }

    private static JsonNode Write(RecordedRequest request)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in request.Headers)
            headers[name] = value;
        return new JsonObject
        {
            ["number"] = request.Number,
            ["method"] = request.Method,
            ["path"] = request.Target,
            ["headers"] = headers,
            ["body"] = request.Json ?? JsonValue.Create(request.Text),
            ["at"] = request.At,
            ["status"] = request.Status,
            ["refused"] = request.Refused,
            ["completed"] = request.Completed,
            ["aborted"] = request.Aborted,
            ["abortedAt"] = request.AbortedAt is { } at ? JsonValue.Create(at) : null,
        };
    }

    private static ScriptedReply Read(JsonNode? node)
    {
        if (node is not JsonObject entry)
            throw new FormatException("A scripted reply is a JSON object.");
        var match = entry["match"] as JsonObject;
        var reply = Body(entry) with
        {
            Path = (match?["path"] ?? entry["path"]).Str(),
            Model = (match?["model"] ?? entry["model"]).Str(),
            BodyContains = (match?["body"]).Str(),
            Times = entry["times"].Int() ?? 1,
            Status = entry["status"].Int() ?? 200,
            Headers = [.. (entry["headers"] as JsonObject ?? []).Select(header => KeyValuePair.Create(header.Key, header.Value.Str() ?? JsonExtensions.Text(header.Value)))],
            Fault = entry["fault"] switch
            {
                JsonObject members => members.Aggregate(new Fault(), (fault, member) => fault.With(member.Key, member.Value.Str() ?? member.Value?.ToJsonString())),
                { } text when text.Str() is { } words => Fault.Parse(words.StartsWith("fault:", StringComparison.Ordinal) ? words[6..] : words),
                _ => null,
            },
        };
        return entry["contentType"].Str() is { } type ? reply with { ContentType = type } : reply;
    }

    private static ScriptedReply Body(JsonObject entry)
    {
        if (entry["events"] is JsonArray events)
        {
            var lines = events.Select(item => item.Str() ?? JsonExtensions.Text(item));
            return entry["framing"].Str() == "aws"
                ? ScriptedReply.AwsEvents(lines)
                : ScriptedReply.Events(lines, entry["named"].Bool() ?? false, entry["done"].Bool() ?? false);
        }

        if (entry["chunks"] is JsonArray chunks)
            return new ScriptedReply { ContentType = "text/event-stream", Chunks = [.. chunks.Select(Chunk)] };
        if (entry["bodyBase64"].Str() is { } base64)
            return new ScriptedReply { Chunks = [new(Convert.FromBase64String(base64))] };
        return entry["body"] switch
        {
            null => new ScriptedReply(),
            { } text when text.Str() is { } raw => ScriptedReply.Whole(raw),
            { } json => ScriptedReply.Whole(JsonExtensions.Text(json)),
        };
    }

    private static ScriptedChunk Chunk(JsonNode? node)
    {
        if (node.Str() is { } text)
            return new ScriptedChunk(Encoding.UTF8.GetBytes(text));
        var bytes = (node?["base64"]).Str() is { } base64 ? Convert.FromBase64String(base64) : Encoding.UTF8.GetBytes((node?["data"]).Str() ?? "");
        return new ScriptedChunk(bytes, TimeSpan.FromMilliseconds((node?["delayMs"]).Num() ?? 0));
    }
}
