using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>Tells a whole answer in the events that its language streams, one delta a piece.</summary>
internal static class NativeStream
{
    public static IEnumerable<string> Chat(JsonObject body)
    {
        var choice = body["choices"]![0]!;
        var delta = choice["message"]!.Copy().AsObject();
        var number = 0;
        foreach (var call in delta["tool_calls"].Items()) call["index"] = number++;
        yield return Chunk([new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = choice["logprobs"]?.DeepClone(), ["finish_reason"] = null }], null);
        yield return Chunk([new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = choice["finish_reason"]!.Copy() }], null);
        yield return Chunk([], body["usage"]);

        string Chunk(JsonArray choices, JsonNode? usage)
        {
            var chunk = body.Copy().AsObject();
            (chunk["object"], chunk["choices"], chunk["usage"]) = ("chat.completion.chunk", choices, usage?.DeepClone());
            return Text(chunk);
        }
    }

    public static IEnumerable<string> Responses(JsonObject body)
    {
        var sequence = 0;
        var begun = body.Copy().AsObject();
        (begun["status"], begun["output"], begun["usage"], begun["incomplete_details"]) = ("in_progress", new JsonArray(), null, null);
        yield return Event("response.created", ("response", begun));
        var output = body["output"]!.AsArray();
        for (var i = 0; i < output.Count; i++)
        {
            var item = output[i]!;
            var opening = item.Copy().AsObject();
            foreach (var (name, empty) in new (string, JsonNode)[] { ("content", new JsonArray()), ("summary", new JsonArray()), ("arguments", ""), ("input", "") })
                if (opening.ContainsKey(name)) opening[name] = empty.DeepClone();
            opening.Remove("encrypted_content");
            yield return Event("response.output_item.added", ("output_index", i), ("item", opening));
            foreach (var step in Item(item, i)) yield return step;
            yield return Event("response.output_item.done", ("output_index", i), ("item", item.Copy()));
        }

        yield return Event("response." + body["status"].Str(), ("response", body.Copy()));

        IEnumerable<string> Item(JsonNode item, int at)
        {
            var id = item["id"]?.DeepClone();
            var pieces = item["type"].Str() == "reasoning" ? item["summary"].Items().ToList() : item["content"].Items().ToList();
            for (var n = 0; n < pieces.Count; n++)
            {
                var (stem, place) = pieces[n]["type"].Str() switch { "summary_text" => ("reasoning_summary_text", "summary_index"), "refusal" => ("refusal", "content_index"), _ => ("output_text", "content_index") };
                var word = stem == "refusal" ? "refusal" : "text";
                var empty = pieces[n].Copy().AsObject();
                empty[word] = "";
                if (empty.ContainsKey("annotations")) empty["annotations"] = new JsonArray();
                var part = stem.StartsWith("reasoning", StringComparison.Ordinal) ? "response.reasoning_summary_part" : "response.content_part";
                yield return Event(part + ".added", ("item_id", id), ("output_index", at), (place, n), ("part", empty));
                yield return Event($"response.{stem}.delta", ("item_id", id), ("output_index", at), (place, n), ("delta", pieces[n][word]));
                var number = 0;
                foreach (var annotation in pieces[n]["annotations"].Items())
                    yield return Event("response.output_text.annotation.added", ("item_id", id), ("output_index", at), (place, n), ("annotation_index", number++), ("annotation", annotation));
                yield return Event($"response.{stem}.done", ("item_id", id), ("output_index", at), (place, n), (word, pieces[n][word]));
                yield return Event(part + ".done", ("item_id", id), ("output_index", at), (place, n), ("part", pieces[n]));
            }

            if (item["arguments"] is { } arguments)
            {
                yield return Event("response.function_call_arguments.delta", ("item_id", id), ("output_index", at), ("delta", arguments));
                yield return Event("response.function_call_arguments.done", ("item_id", id), ("output_index", at), ("arguments", arguments));
            }
        }

        string Event(string type, params (string Name, JsonNode? Value)[] members)
        {
            var item = new JsonObject { ["type"] = type, ["sequence_number"] = sequence++ };
            foreach (var (name, value) in members) item[name] = value?.DeepClone();
            return Text(item);
        }
    }

    public static IEnumerable<string> Messages(JsonObject body)
    {
        var start = body.Copy().AsObject();
        (start["content"], start["stop_reason"], start["usage"]!["output_tokens"]) = (new JsonArray(), null, 1);
        yield return Text(new JsonObject { ["type"] = "message_start", ["message"] = start });
        var blocks = body["content"]!.AsArray();
        for (var i = 0; i < blocks.Count; i++)
        {
            var opening = blocks[i]!.Copy().AsObject();
            var deltas = new List<JsonObject>();
            foreach (var (type, name, delta, word) in new[] { ("text", "text", "text_delta", "text"), ("thinking", "thinking", "thinking_delta", "thinking"), ("thinking", "signature", "signature_delta", "signature") })
            {
                if (opening["type"].Str() != type || opening[name].Str() is not { } text) continue;
                deltas.Add(new JsonObject { ["type"] = delta, [word] = text });
                opening[name] = "";
            }

            foreach (var citation in opening["citations"].Items()) deltas.Add(new JsonObject { ["type"] = "citations_delta", ["citation"] = citation.Copy() });
            if (opening.ContainsKey("citations")) opening["citations"] = new JsonArray();
            if (opening["input"] is { } input)
            {
                deltas.Add(new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = Text(input) });
                opening["input"] = new JsonObject();
            }

            yield return Text(new JsonObject { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = opening });
            foreach (var delta in deltas) yield return Text(new JsonObject { ["type"] = "content_block_delta", ["index"] = i, ["delta"] = delta });
            yield return Text(new JsonObject { ["type"] = "content_block_stop", ["index"] = i });
        }

        yield return Text(new JsonObject
        {
            ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = body["stop_reason"]!.Copy(), ["stop_sequence"] = body["stop_sequence"]?.DeepClone() }, ["usage"] = body["usage"]!.Copy(),
        });
        yield return """{"type":"message_stop"}""";
    }

    public static IEnumerable<string> Converse(JsonObject body)
    {
        yield return """{"messageStart":{"role":"assistant"}}""";
        var blocks = body["output"]!["message"]!["content"]!.AsArray();
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i]!;
            var deltas = new List<JsonObject>();
            if (block["toolUse"] is { } call)
            {
                yield return Frame("contentBlockStart", i, "start", new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = call["toolUseId"]!.Copy(), ["name"] = call["name"]!.Copy() } });
                deltas.Add(new JsonObject { ["toolUse"] = new JsonObject { ["input"] = Text(call["input"]!) } });
            }

            if (block["image"] is { } image)
            {
                yield return Frame("contentBlockStart", i, "start", new JsonObject { ["image"] = new JsonObject { ["format"] = image["format"]!.Copy() } });
                var bytes = Convert.FromBase64String(image["source"]!["bytes"].Str()!);
                // Pieces of a length that is no multiple of three.
                foreach (var piece in bytes.Chunk(32)) deltas.Add(new JsonObject { ["image"] = new JsonObject { ["source"] = new JsonObject { ["bytes"] = Convert.ToBase64String(piece) } } });
            }

            if (block["text"] is { } text) deltas.Add(new JsonObject { ["text"] = text.Copy() });
            if (block["reasoningContent"]?["reasoningText"] is { } thought)
            {
                deltas.Add(new JsonObject { ["reasoningContent"] = new JsonObject { ["text"] = thought["text"]!.Copy() } });
                if (thought["signature"] is { } signature) deltas.Add(new JsonObject { ["reasoningContent"] = new JsonObject { ["signature"] = signature.Copy() } });
            }

            if (block["reasoningContent"]?["redactedContent"] is { } redacted) deltas.Add(new JsonObject { ["reasoningContent"] = new JsonObject { ["redactedContent"] = redacted.Copy() } });
            if (block["citationsContent"] is { } cited)
            {
                deltas.Add(new JsonObject { ["text"] = cited["content"]![0]!["text"]!.Copy() });
                deltas.AddRange(cited["citations"].Items().Select(citation => new JsonObject { ["citation"] = citation.Copy() }));
            }

            foreach (var delta in deltas) yield return Frame("contentBlockDelta", i, "delta", delta);
            yield return Frame("contentBlockStop", i, null, null);
        }

        yield return Text(new JsonObject { ["messageStop"] = new JsonObject { ["stopReason"] = body["stopReason"]!.Copy() } });
        yield return Text(new JsonObject { ["metadata"] = new JsonObject { ["usage"] = body["usage"]!.Copy(), ["metrics"] = body["metrics"]!.Copy() } });

        static string Frame(string name, int index, string? member, JsonNode? value)
        {
            var payload = new JsonObject { ["contentBlockIndex"] = index };
            if (member is not null) payload[member] = value;
            return Text(new JsonObject { [name] = payload });
        }
    }

    /// <summary>An event of Messages as Bedrock wraps it.</summary>
    public static string InChunk(string json) => Text(new JsonObject { ["chunk"] = new JsonObject { ["bytes"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(json)) } });

    private static string Text(JsonNode node) => node.ToJsonString(Json.Plain);
}
