using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Anthropic Messages.</summary>
public sealed class MessagesDriver : ClientDriver
{
    public override string Name => "messages";

    public override bool TellsToolErrors => true;

    public override string PathOf(Ask ask, bool stream) => "/v1/messages";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var messages = new JsonArray();
        foreach (var turn in ask.Turns)
        {
            messages.Add(turn switch
            {
                UserTurn user => new JsonObject { ["role"] = "user", ["content"] = user.Parts is [TextPart only] ? only.Text : Json.Array(user.Parts.Select(PartOf)) },
                MadeTurn made => new JsonObject { ["role"] = "assistant", ["content"] = made.Text },
                ModelTurn model => new JsonObject { ["role"] = "assistant", ["content"] = model.Said.Native!.Copy() },
                ResultsTurn results => new JsonObject { ["role"] = "user", ["content"] = Json.Array(results.Results.Select(ResultOf)) },
                _ => throw new NotSupportedException(),
            });
        }

        var body = new JsonObject { ["model"] = ask.Model, ["max_tokens"] = ask.MaxTokens, ["messages"] = messages };
        if (ask.System is not null) body["system"] = ask.System;
        if (stream) body["stream"] = true;
        if (ask.Tools.Count > 0) body["tools"] = Json.Array(ask.Tools.Select(tool => new JsonObject { ["name"] = tool.Name, ["description"] = "A tool.", ["input_schema"] = tool.Schema!.Copy() }));
        if (ask.Choice is { } choice) body["tool_choice"] = choice switch
        {
            "auto" or "none" => new JsonObject { ["type"] = choice },
            "required" => new JsonObject { ["type"] = "any" },
            _ => new JsonObject { ["type"] = "tool", ["name"] = choice },
        };
        if (ask.Parallel == false) (body["tool_choice"] ??= new JsonObject { ["type"] = "auto" })["disable_parallel_tool_use"] = true;
        if (ask.Effort is not null) body["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 2048 };
        if (ask.Stops.Count > 0) body["stop_sequences"] = Json.Array(ask.Stops.Select(stop => JsonValue.Create(stop)));
        if (ask.Schema is { } schema) body["output_config"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = schema.Copy() } };
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body)
    {
        body["type"].Str().ShouldBe("message");
        body["role"].Str().ShouldBe("assistant");
        body["id"].Str().ShouldNotBeNullOrEmpty();
        body["model"].Str().ShouldNotBeNullOrEmpty();
        body.AsObject().ContainsKey("stop_sequence").ShouldBeTrue();
        return Said(body["content"]!.AsArray(), body["stop_reason"].Str(), body["usage"]!);
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        var content = new JsonArray();
        JsonObject? usage = null;
        JsonObject? open = null;
        StringBuilder piece = new(), signature = new();
        string? stop = null;
        var over = false;
        foreach (var item in events)
        {
            var data = Json.Parse(item.Data);
            var type = data["type"].Str();
            item.Name.ShouldBe(type, "An event's name is its type.");
            over.ShouldBeFalse("Nothing comes after the end.");
            if (type == "ping") continue;
            if (type == "error") return new ClientResult { Text = TextOf(content) + piece, Error = ReadError(data) };
            if (usage is null) type.ShouldBe("message_start");
            switch (type)
            {
                case "message_start":
                    usage.ShouldBeNull("An answer starts once.");
                    var start = data["message"]!;
                    start["type"].Str().ShouldBe("message");
                    start["role"].Str().ShouldBe("assistant");
                    start["content"]!.AsArray().Count.ShouldBe(0);
                    start["id"].Str().ShouldNotBeNullOrEmpty();
                    start["model"].Str().ShouldNotBeNullOrEmpty();
                    usage = start["usage"]!.Copy().AsObject();
                    usage.ContainsKey("input_tokens").ShouldBeTrue();
                    usage.ContainsKey("output_tokens").ShouldBeTrue();
                    break;
                case "content_block_start":
                    open.ShouldBeNull("One block at a time.");
                    stop.ShouldBeNull();
                    data["index"].Num().ShouldBe(content.Count, "Blocks are numbered densely.");
                    open = data["content_block"]!.Copy().AsObject();
                    piece.Clear();
                    signature.Clear();
                    break;
                case "content_block_delta":
                    data["index"].Num().ShouldBe(content.Count);
                    Delta(open.ShouldNotBeNull("A delta outside a block."), data["delta"]!, piece, signature);
                    break;
                case "content_block_stop":
                    data["index"].Num().ShouldBe(content.Count);
                    content.Add(Finished(open.ShouldNotBeNull(), piece, signature));
                    open = null;
                    piece.Clear();
                    break;
                case "message_delta":
                    open.ShouldBeNull("A block is still open.");
                    stop.ShouldBeNull();
                    stop = data["delta"]!["stop_reason"].Str();
                    data["delta"]!.AsObject().ContainsKey("stop_sequence").ShouldBeTrue();
                    foreach (var (name, value) in data["usage"]!.AsObject()) usage![name] = value?.DeepClone();
                    break;
                case "message_stop":
                    stop.ShouldNotBeNull("An end without a reason.");
                    over = true;
                    break;
                default:
                    Assert.Fail($"Messages has no event '{type}'.");
                    break;
            }
        }

        over.ShouldBeTrue("The stream ends without message_stop.");
        return Said(content, stop, usage!);
    }

    public override ClientError ReadError(JsonNode body)
    {
        body["type"].Str().ShouldBe("error");
        return new ClientError(body["error"]!["type"].Str().ShouldNotBeNull(), body["error"]!["message"].Str()!);
    }

    private static void Delta(JsonObject open, JsonNode delta, StringBuilder piece, StringBuilder signature)
    {
        switch ((open["type"].Str(), delta["type"].Str()))
        {
            case ("text", "text_delta"):
                piece.Append(delta["text"].Str());
                break;
            case ("text", "citations_delta"):
                (open["citations"] as JsonArray ?? (JsonArray)(open["citations"] = new JsonArray())).Add(delta["citation"]!.Copy());
                break;
            case ("thinking", "thinking_delta"):
                piece.Append(delta["thinking"].Str());
                break;
            case ("thinking", "signature_delta"):
                signature.Append(delta["signature"].Str());
                break;
            case ("tool_use" or "server_tool_use", "input_json_delta"):
                piece.Append(delta["partial_json"].Str());
                break;
            case var (block, kind):
                Assert.Fail($"A {kind} in a block of {block}.");
                break;
        }
    }

    private static JsonObject Finished(JsonObject block, StringBuilder piece, StringBuilder signature)
    {
        switch (block["type"].Str())
        {
            case "text":
                block["text"].Str().ShouldBe("");
                block["text"] = piece.ToString();
                break;
            case "thinking":
                block["thinking"] = piece.ToString();
                block["signature"] = signature.ToString();
                break;
            case "tool_use" or "server_tool_use":
                block["input"]!.AsObject().Count.ShouldBe(0, "The input comes in deltas.");
                // SDKs parse the pieces put together; none at all is an empty object.
                block["input"] = piece.Length == 0 ? new JsonObject() : Json.Parse(piece.ToString());
                block["_raw"] = piece.Length == 0 ? "{}" : piece.ToString();
                break;
        }

        return block;
    }

    private static string TextOf(JsonArray content) => string.Concat(content.Where(block => block!["type"].Str() == "text").Select(block => block!["text"].Str()));

    private static ClientResult Said(JsonArray content, string? stop, JsonNode usage)
    {
        var calls = new List<ClientToolCall>();
        foreach (var block in content.Where(block => block!["type"].Str() == "tool_use"))
        {
            block!["input"].ShouldBeOfType<JsonObject>();
            calls.Add(new ClientToolCall(block["id"].Str()!, block["name"].Str()!, block["_raw"].Str() ?? block["input"]!.ToJsonString(Json.Plain)));
            block.AsObject().Remove("_raw");
        }

        foreach (var block in content.Where(block => block!["type"].Str() == "server_tool_use")) block!.AsObject().Remove("_raw");
        calls.Select(call => call.Id).Distinct().Count().ShouldBe(calls.Count);
        return new ClientResult
        {
            Text = TextOf(content),
            Reasoning = string.Concat(content.Where(block => block!["type"].Str() == "thinking").Select(block => block!["thinking"].Str())),
            Calls = calls,
            Ending = stop switch
            {
                "end_turn" or "stop_sequence" or "pause_turn" => Ending.Stop,
                "max_tokens" or "model_context_window_exceeded" => Ending.Length,
                "tool_use" => Ending.Calls,
                "refusal" => Ending.Refused,
                _ => throw new InvalidDataException($"Messages has no stop reason '{stop}'."),
            },
            Usage = new ClientUsage(usage["input_tokens"].Num() + usage["cache_read_input_tokens"].Num() + usage["cache_creation_input_tokens"].Num(), usage["output_tokens"].Num(),
                usage["cache_read_input_tokens"].Num(), usage["cache_creation_input_tokens"].Num(), 0),
            Native = content,
        };
    }

    private static JsonNode PartOf(Part part) => part switch
    {
        TextPart text => new JsonObject { ["type"] = "text", ["text"] = text.Text },
        ImagePart image => new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = image.MediaType, ["data"] = image.Base64 } },
        ImageUrlPart image => new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "url", ["url"] = image.Url } },
        _ => throw new NotSupportedException(),
    };

    private static JsonNode ResultOf(ToolResult result)
    {
        var block = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = result.Call.Id, ["content"] = result.Text };
        if (result.Image is { } image) block["content"] = new JsonArray(PartOf(new TextPart(result.Text)), PartOf(image));
        if (result.IsError) block["is_error"] = true;
        return block;
    }
}
