using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>OpenAI Responses, without anything kept on the server.</summary>
public sealed class ResponsesDriver : ClientDriver
{
    public override string Name => "responses";

    public override bool InstructsMidway => true;

    public override string PathOf(Ask ask, bool stream) => "/v1/responses";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var input = new JsonArray();
        foreach (var turn in ask.Turns)
        {
            switch (turn)
            {
                case UserTurn user:
                    input.Add(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = Json.Array(user.Parts.Select(PartOf)) });
                    break;
                case InstructionTurn instruction:
                    input.Add(new JsonObject { ["type"] = "message", ["role"] = instruction.Role, ["content"] = instruction.Text });
                    break;
                case MadeTurn made:
                    input.Add(new JsonObject { ["type"] = "message", ["role"] = "assistant", ["content"] = made.Text });
                    break;
                case ModelTurn model:
                    foreach (var item in model.Said.Native.Items()) input.Add(item.Copy());
                    break;
                case ResultsTurn results:
                    foreach (var result in results.Results) input.Add(ResultOf(result));
                    break;
            }
        }

        var body = new JsonObject { ["model"] = ask.Model, ["input"] = input, ["max_output_tokens"] = ask.MaxTokens, ["store"] = false };
        if (ask.System is not null) body["instructions"] = ask.System;
        if (stream) body["stream"] = true;
        if (ask.Tools.Count > 0) body["tools"] = Json.Array(ask.Tools.Select(tool => tool.Schema is { } schema
            ? new JsonObject { ["type"] = "function", ["name"] = tool.Name, ["description"] = "A tool.", ["parameters"] = schema.Copy(), ["strict"] = false }
            : new JsonObject { ["type"] = "custom", ["name"] = tool.Name, ["description"] = "Takes text." }));
        if (ask.Choice is { } choice) body["tool_choice"] = choice is "auto" or "none" or "required" ? choice : new JsonObject { ["type"] = "function", ["name"] = choice };
        if (ask.Parallel is { } parallel) body["parallel_tool_calls"] = parallel;
        if (ask.Effort is { } effort) (body["reasoning"], body["include"]) = (new JsonObject { ["effort"] = effort, ["summary"] = "auto" }, new JsonArray("reasoning.encrypted_content"));
        if (ask.Schema is { } format) body["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["name"] = "answer", ["strict"] = true, ["schema"] = format.Copy() } };
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body)
    {
        var result = ReadResponse(body);
        if (result.Error is null) body["status"].Str().ShouldBeOneOf("completed", "incomplete");
        return result;
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        var items = new List<ResponsesStreamItem>();
        var text = new StringBuilder();
        string? id = null;
        for (var i = 0; i < events.Count; i++)
        {
            var data = Json.Parse(events[i].Data);
            var type = data["type"].Str().ShouldNotBeNull();
            events[i].Name.ShouldBe(type, "An event's name is its type.");
            data["sequence_number"].ShouldNotBeNull("Every event has its number.");
            if (type == "error")
            {
                // What an upstream of the same language says when it breaks off.
                i.ShouldBe(events.Count - 1, "An error is the end.");
                return new ClientResult { Text = text.ToString(), Error = new ClientError(null, (data["message"] ?? data["error"]?["message"]).Str()!, data["code"].Str()) };
            }

            data["sequence_number"].Num().ShouldBe(i, "Events are numbered from 0, densely.");
            if (i == 0) type.ShouldBe("response.created");
            if (data["response"] is { } response) (id ??= response["id"].Str()).ShouldBe(response["id"].Str());
            switch (type)
            {
                case "response.created" or "response.in_progress":
                    i.ShouldBe(type == "response.created" ? 0 : 1);
                    data["response"]!["status"].Str().ShouldBe("in_progress");
                    data["response"]!["output"]!.AsArray().Count.ShouldBe(0);
                    break;
                case "response.output_item.added":
                    data["output_index"].Num().ShouldBe(items.Count, "Items are numbered densely.");
                    items.ShouldAllBe(item => item.Done != null, "One item at a time.");
                    items.Add(new ResponsesStreamItem(data["item"]!));
                    break;
                case "response.failed":
                    i.ShouldBe(events.Count - 1, "A failure is the end.");
                    data["response"]!["status"].Str().ShouldBe("failed");
                    return new ClientResult { Text = text.ToString(), Error = ErrorOf(data["response"]!["error"]!) };
                case "response.completed" or "response.incomplete":
                    i.ShouldBe(events.Count - 1, "The end is the end.");
                    data["response"]!["status"].Str().ShouldBe(type[9..]);
                    items.ShouldAllBe(item => item.Done != null);
                    var output = data["response"]!["output"]!.AsArray();
                    output.Count.ShouldBe(items.Count);
                    for (var n = 0; n < items.Count; n++) JsonNode.DeepEquals(output[n], items[n].Done).ShouldBeTrue($"Item {n} is not what was streamed: {output[n]!.ToJsonString()} but {items[n].Done!.ToJsonString()}");
                    items.Select(item => item.Id).Distinct().Count().ShouldBe(items.Count, "Items have ids of their own.");
                    return ReadResponse(data["response"]!);
                default:
                    if (type == "response.output_text.delta") text.Append(data["delta"].Str());
                    data["output_index"].Num().ShouldBe(items.Count - 1, $"{type} belongs to an item that is not open.");
                    items[^1].Read(type, data);
                    break;
            }
        }

        throw new InvalidDataException("The stream ends without a last event.");
    }

    public override ClientError ReadError(JsonNode body) => All["chat"].ReadError(body);

    private static ClientError ErrorOf(JsonNode error) => new(null, error["message"].Str()!, error["code"].Str());

    private static ClientResult ReadResponse(JsonNode response)
    {
        response["object"].Str().ShouldBe("response");
        response["id"].Str().ShouldNotBeNull().ShouldStartWith("resp_");
        response["created_at"].Num().ShouldBeGreaterThan(0);
        if (response["status"].Str() == "failed") return new ClientResult { Error = ErrorOf(response["error"]!) };
        response["error"].ShouldBeNull();
        var output = response["output"]!.AsArray();
        StringBuilder text = new(), reasoning = new();
        var calls = new List<ClientToolCall>();
        var refused = false;
        foreach (var item in output.Select(item => item!))
        {
            item["id"].Str().ShouldNotBeNullOrEmpty();
            switch (item["type"].Str())
            {
                case "message":
                    item["role"].Str().ShouldBe("assistant");
                    foreach (var part in item["content"].Items())
                    {
                        if (part["type"].Str() == "refusal") refused = true;
                        else
                        {
                            part["type"].Str().ShouldBe("output_text");
                            part["annotations"].ShouldBeOfType<JsonArray>();
                            text.Append(part["text"].Str());
                        }
                    }

                    break;
                case "reasoning":
                    var words = item["content"].Items().Any() ? item["content"].Items() : item["summary"].ShouldBeOfType<JsonArray>().Items();
                    foreach (var part in words) reasoning.Append(part["text"].Str());
                    break;
                case "function_call":
                    calls.Add(new ClientToolCall(item["call_id"].Str()!, item["name"].Str()!, item["arguments"].Str()!));
                    break;
                case "custom_tool_call":
                    calls.Add(new ClientToolCall(item["call_id"].Str()!, item["name"].Str()!, item["input"].Str()!, Custom: true));
                    break;
            }
        }

        calls.Select(call => call.Id).Distinct().Count().ShouldBe(calls.Count);
        var usage = response["usage"].ShouldBeOfType<JsonObject>();
        usage["total_tokens"].Num().ShouldBe(usage["input_tokens"].Num() + usage["output_tokens"].Num());
        return new ClientResult
        {
            Text = text.ToString(),
            Reasoning = reasoning.ToString(),
            Calls = calls,
            Ending = response["incomplete_details"]?["reason"].Str() switch
            {
                "max_output_tokens" => Ending.Length,
                "content_filter" => Ending.Refused,
                null => refused ? Ending.Refused : calls.Count > 0 ? Ending.Calls : Ending.Stop,
                var other => throw new InvalidDataException($"Responses has no reason '{other}'."),
            },
            Usage = new ClientUsage(usage["input_tokens"].Num(), usage["output_tokens"].Num(), usage["input_tokens_details"]!["cached_tokens"].Num(),
                usage["input_tokens_details"]!["cache_write_tokens"].Num(), usage["output_tokens_details"]!["reasoning_tokens"].Num()),
            Native = output.Copy(),
        };
    }

    private static JsonNode PartOf(Part part) => part switch
    {
        TextPart text => new JsonObject { ["type"] = "input_text", ["text"] = text.Text },
        ImagePart image => new JsonObject { ["type"] = "input_image", ["image_url"] = $"data:{image.MediaType};base64,{image.Base64}", ["detail"] = "auto" },
        ImageUrlPart image => new JsonObject { ["type"] = "input_image", ["image_url"] = image.Url, ["detail"] = "auto" },
        _ => throw new NotSupportedException(),
    };

    private static JsonNode ResultOf(ToolResult result)
    {
        JsonNode output = result.Image is { } image ? new JsonArray(PartOf(new TextPart(result.Text)), PartOf(image)) : result.Text;
        return new JsonObject { ["type"] = result.Call.Custom ? "custom_tool_call_output" : "function_call_output", ["call_id"] = result.Call.Id, ["output"] = output };
    }
}
