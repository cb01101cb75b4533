using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Bedrock's Converse and ConverseStream, as the AWS SDKs' models describe them.</summary>
public sealed class ConverseDriver : ClientDriver
{
    private static readonly string[] BlockKinds = ["text", "toolUse", "reasoningContent", "citationsContent", "image"];

    public override string Name => "converse";

    public override bool TellsToolErrors => true;

    public override bool ShowsImagesByUrl => false;

    protected override string StreamMediaType => AwsEventStream.MediaType;

    public override string PathOf(Ask ask, bool stream) => $"/model/{Uri.EscapeDataString(ask.Model)}/{(stream ? "converse-stream" : "converse")}";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var messages = new JsonArray();
        foreach (var turn in ask.Turns)
        {
            messages.Add(turn switch
            {
                UserTurn user => Message("user", user.Parts.Select(PartOf)),
                MadeTurn made => Message("assistant", [new JsonObject { ["text"] = made.Text }]),
                ModelTurn model => Message("assistant", model.Said.Native!.AsArray().Select(block => block!.Copy())),
                ResultsTurn results => Message("user", results.Results.Select(ResultOf)),
                _ => throw new NotSupportedException(),
            });
        }

        var config = new JsonObject { ["maxTokens"] = ask.MaxTokens };
        var body = new JsonObject { ["messages"] = messages, ["inferenceConfig"] = config };
        if (ask.System is not null) body["system"] = new JsonArray(new JsonObject { ["text"] = ask.System });
        // Calls cannot be forbidden but by declaring no tools.
        if (ask.Tools.Count > 0 && ask.Choice != "none")
        {
            var tools = new JsonObject
            {
                ["tools"] = Json.Array(ask.Tools.Select(tool => new JsonObject { ["toolSpec"] = new JsonObject { ["name"] = tool.Name, ["description"] = "A tool.", ["inputSchema"] = new JsonObject { ["json"] = tool.Schema!.Copy() } } })),
            };
            if (ask.Choice is { } choice) tools["toolChoice"] = choice switch
            {
                "auto" => new JsonObject { ["auto"] = new JsonObject() },
                "required" => new JsonObject { ["any"] = new JsonObject() },
                _ => new JsonObject { ["tool"] = new JsonObject { ["name"] = choice } },
            };
            body["toolConfig"] = tools;
        }

        if (ask.Effort is not null) body["additionalModelRequestFields"] = new JsonObject { ["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 2048 } };
        if (ask.Stops.Count > 0) config["stopSequences"] = Json.Array(ask.Stops.Select(stop => JsonValue.Create(stop)));
        if (ask.Schema is { } schema) body["outputConfig"] = new JsonObject
        {
            ["textFormat"] = new JsonObject { ["type"] = "json_schema", ["structure"] = new JsonObject { ["jsonSchema"] = new JsonObject { ["schema"] = schema.ToJsonString(), ["name"] = "answer" } } },
        };
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body)
    {
        var message = body["output"]!["message"]!;
        message["role"].Str().ShouldBe("assistant");
        var content = message["content"]!.AsArray();
        foreach (var block in content) BlockKinds.ShouldContain(block!.AsObject().ShouldHaveSingleItem().Key);
        return Said(content, body["stopReason"].Str(), body["usage"]!, body["metrics"]!);
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        var content = new JsonArray();
        ConverseStreamBlock? open = null;
        JsonNode? metadata = null;
        string? stop = null;
        var started = false;
        foreach (var item in events)
        {
            var data = Json.Parse(item.Data);
            if (item.Name!.StartsWith(AwsEventStream.Exception, StringComparison.Ordinal))
                return new ClientResult { Text = TextOf(content) + open?.Text, Error = new ClientError(item.Name[AwsEventStream.Exception.Length..], data["message"].Str()!) };
            metadata.ShouldBeNull("Nothing comes after the metadata.");
            started.ShouldBe(item.Name != "messageStart", "An answer starts once, and with its start.");
            if (data["contentBlockIndex"] is { } index) index.Num().ShouldBe(content.Count, "Blocks are numbered densely.");
            switch (item.Name)
            {
                case "messageStart":
                    data["role"].Str().ShouldBe("assistant");
                    started = true;
                    break;
                case "contentBlockStart":
                    open.ShouldBeNull("One block at a time.");
                    stop.ShouldBeNull();
                    open = new ConverseStreamBlock(data["start"]!.AsObject());
                    break;
                case "contentBlockDelta":
                    stop.ShouldBeNull();
                    data.AsObject().ContainsKey("contentBlockIndex").ShouldBeTrue();
                    (open ??= new ConverseStreamBlock(null)).Add(data["delta"]!.AsObject());
                    break;
                case "contentBlockStop":
                    data.AsObject().ContainsKey("contentBlockIndex").ShouldBeTrue();
                    content.Add(open.ShouldNotBeNull("A stop outside a block.").Finished());
                    open = null;
                    break;
                case "messageStop":
                    open.ShouldBeNull("A block is still open.");
                    stop.ShouldBeNull();
                    stop = data["stopReason"].Str().ShouldNotBeNull();
                    break;
                case "metadata":
                    stop.ShouldNotBeNull("Metadata before the end.");
                    metadata = data;
                    break;
                default:
                    Assert.Fail($"ConverseStream has no event '{item.Name}'.");
                    break;
            }
        }

        metadata.ShouldNotBeNull("The stream ends without metadata.");
        return Said(content, stop, metadata["usage"]!, metadata["metrics"]!);
    }

    public override ClientError ReadError(JsonNode body) => AwsError(body);

    /// <summary>An error of AWS: words in the body, the type in a header.</summary>
    internal static ClientError AwsError(JsonNode body, HttpResponseMessage? response = null)
    {
        var type = response is not null && response.Headers.TryGetValues("x-amzn-errortype", out var values) ? values.Single() : null;
        if (response is not null) type.ShouldNotBeNull("The SDKs tell errors apart by their type.");
        return new ClientError(type, body["message"].Str().ShouldNotBeNull());
    }

    protected override ClientError ErrorOf(HttpResponseMessage response, JsonNode body) => AwsError(body, response);

    protected override List<ServerSentEvent> EventsOf(byte[] body) => AwsEventStream.ReadAll(body);

    private static string TextOf(JsonArray content) => string.Concat(content.SelectMany(block => block!["text"] is { } text ? [text.Str()] : block["citationsContent"]?["content"].Items().Select(part => part["text"].Str()) ?? []));

    private static ClientResult Said(JsonArray content, string? stop, JsonNode usage, JsonNode metrics)
    {
        metrics["latencyMs"].ShouldNotBeNull();
        usage["totalTokens"].Num().ShouldBe(usage["inputTokens"].Num() + usage["outputTokens"].Num() + usage["cacheReadInputTokens"].Num() + usage["cacheWriteInputTokens"].Num());
        var calls = new List<ClientToolCall>();
        foreach (var call in content.Select(block => block!["toolUse"]).OfType<JsonObject>())
        {
            call["input"].ShouldBeOfType<JsonObject>();
            calls.Add(new ClientToolCall(call["toolUseId"].Str()!, call["name"].Str()!, call["_raw"].Str() ?? call["input"]!.ToJsonString(Json.Plain)));
            call.Remove("_raw");
        }

        calls.Select(call => call.Id).Distinct().Count().ShouldBe(calls.Count);
        return new ClientResult
        {
            Text = TextOf(content),
            Reasoning = string.Concat(content.Select(block => block!["reasoningContent"]?["reasoningText"]?["text"].Str())),
            Calls = calls,
            Ending = stop switch
            {
                "end_turn" or "stop_sequence" => Ending.Stop,
                "max_tokens" or "model_context_window_exceeded" => Ending.Length,
                "tool_use" => Ending.Calls,
                "content_filtered" or "guardrail_intervened" => Ending.Refused,
                _ => throw new InvalidDataException($"Converse has no stop reason '{stop}'."),
            },
            Usage = new ClientUsage(usage["inputTokens"].Num() + usage["cacheReadInputTokens"].Num() + usage["cacheWriteInputTokens"].Num(), usage["outputTokens"].Num(), usage["cacheReadInputTokens"].Num(), usage["cacheWriteInputTokens"].Num(), 0),
            Native = content,
        };
    }

    private static JsonObject Message(string role, IEnumerable<JsonNode> content) => new() { ["role"] = role, ["content"] = Json.Array(content) };

    private static JsonNode PartOf(Part part) => part switch
    {
        TextPart text => new JsonObject { ["text"] = text.Text },
        ImagePart image => new JsonObject { ["image"] = new JsonObject { ["format"] = image.MediaType["image/".Length..], ["source"] = new JsonObject { ["bytes"] = image.Base64 } } },
        _ => throw new NotSupportedException(),
    };

    private static JsonNode ResultOf(ToolResult result)
    {
        var content = new JsonArray(PartOf(new TextPart(result.Text)));
        if (result.Image is { } image) content.Add(PartOf(image));
        var said = new JsonObject { ["toolUseId"] = result.Call.Id, ["content"] = content };
        if (result.IsError) said["status"] = "error";
        return new JsonObject { ["toolResult"] = said };
    }

    /// <summary>A block of a stream while it grows.</summary>
    private sealed class ConverseStreamBlock(JsonObject? start)
    {
        private readonly StringBuilder _text = new(), _input = new(), _reasoning = new(), _signature = new(), _redacted = new(), _image = new();
        private readonly JsonArray _citations = [];
        private string? _kind = start?.ShouldHaveSingleItem().Key;

        /// <summary>The text so far.</summary>
        public string Text => _text.ToString();

        public void Add(JsonObject delta)
        {
            var (kind, value) = delta.ShouldHaveSingleItem();
            var family = kind == "citation" ? "text" : kind;
            (_kind ??= family).ShouldBe(family, "A block is of one kind.");
            switch (kind)
            {
                case "text":
                    _text.Append(value.Str().ShouldNotBeNull());
                    break;
                case "toolUse":
                    start.ShouldNotBeNull("A call starts with its name.");
                    _input.Append(value!["input"].Str().ShouldNotBeNull());
                    break;
                case "reasoningContent":
                    var (part, words) = value!.AsObject().ShouldHaveSingleItem();
                    (part switch { "text" => _reasoning, "signature" => _signature, "redactedContent" => _redacted, _ => throw new InvalidDataException($"A piece of reasoning of the kind '{part}'.") }).Append(words.Str().ShouldNotBeNull());
                    break;
                case "citation":
                    _citations.Add(value!.Copy());
                    break;
                case "image":
                    start.ShouldNotBeNull("A picture starts with its format.");
                    _image.Append(value!["source"]!["bytes"].Str().ShouldNotBeNull());
                    break;
                default:
                    Assert.Fail($"ConverseStream has no delta '{kind}'.");
                    break;
            }
        }

        public JsonObject Finished()
        {
            switch (_kind)
            {
                case "toolUse":
                    var call = start!["toolUse"]!.Copy().AsObject();
                    var input = _input.Length == 0 ? "{}" : _input.ToString();
                    (call["input"], call["_raw"]) = (Json.Parse(input), input);
                    return new JsonObject { ["toolUse"] = call };
                case "reasoningContent" when _redacted.Length > 0:
                    return new JsonObject { ["reasoningContent"] = new JsonObject { ["redactedContent"] = _redacted.ToString() } };
                case "reasoningContent":
                    var words = new JsonObject { ["text"] = _reasoning.ToString() };
                    if (_signature.Length > 0) words["signature"] = _signature.ToString();
                    return new JsonObject { ["reasoningContent"] = new JsonObject { ["reasoningText"] = words } };
                case "image":
                    return new JsonObject { ["image"] = new JsonObject { ["format"] = start!["image"]!["format"].Str(), ["source"] = new JsonObject { ["bytes"] = _image.ToString() } } };
                default:
                    return _citations.Count == 0
                        ? new JsonObject { ["text"] = Text }
                        : new JsonObject { ["citationsContent"] = new JsonObject { ["content"] = new JsonArray(new JsonObject { ["text"] = Text }), ["citations"] = _citations } };
            }
        }
    }
}
