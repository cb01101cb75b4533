using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>OpenAI Chat Completions.</summary>
public sealed class ChatDriver : ClientDriver
{
    public override string Name => "chat";

    public override bool ShowsImagesInResults => false;

    public override bool InstructsMidway => true;

    public override string PathOf(Ask ask, bool stream) => "/v1/chat/completions";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var messages = new JsonArray();
        if (ask.System is not null) messages.Add(new JsonObject { ["role"] = "system", ["content"] = ask.System });
        foreach (var turn in ask.Turns)
        {
            switch (turn)
            {
                case UserTurn user:
                    messages.Add(new JsonObject { ["role"] = "user", ["content"] = user.Parts is [TextPart only] ? only.Text : Json.Array(user.Parts.Select(PartOf)) });
                    break;
                case InstructionTurn instruction:
                    messages.Add(new JsonObject { ["role"] = instruction.Role, ["content"] = instruction.Text });
                    break;
                case MadeTurn made:
                    messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = made.Text });
                    break;
                case ModelTurn model:
                    messages.Add(model.Said.Native!.Copy());
                    break;
                case ResultsTurn results:
                    foreach (var result in results.Results) messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.Call.Id, ["content"] = result.Text });
                    break;
            }
        }

        var body = new JsonObject { ["model"] = ask.Model, ["messages"] = messages, ["max_completion_tokens"] = ask.MaxTokens };
        if (stream) (body["stream"], body["stream_options"]) = (true, new JsonObject { ["include_usage"] = true });
        if (ask.Tools.Count > 0) body["tools"] = Json.Array(ask.Tools.Select(ToolOf));
        if (ask.Choice is { } choice) body["tool_choice"] = choice is "auto" or "none" or "required" ? choice : new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = choice } };
        if (ask.Parallel is { } parallel) body["parallel_tool_calls"] = parallel;
        if (ask.Effort is { } effort) body["reasoning_effort"] = effort;
        if (ask.Stops.Count > 0) body["stop"] = Json.Array(ask.Stops.Select(stop => JsonValue.Create(stop)));
        if (ask.Schema is { } schema) body["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "answer", ["strict"] = true, ["schema"] = schema.Copy() } };
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body)
    {
        body["object"].Str().ShouldBe("chat.completion");
        body["id"].Str().ShouldNotBeNullOrEmpty();
        body["created"].Num().ShouldBeGreaterThan(0);
        body["model"].Str().ShouldNotBeNullOrEmpty();
        var choice = body["choices"]!.AsArray().ShouldHaveSingleItem()!;
        choice["index"].Num().ShouldBe(0);
        var message = choice["message"]!.AsObject();
        message["role"].Str().ShouldBe("assistant");
        message.ContainsKey("content").ShouldBeTrue("'content' has to be there, if only null.");
        return Said(message, choice["finish_reason"].Str(), UsageOf(body["usage"]));
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        string? id = null, finish = null;
        var message = new JsonObject { ["role"] = null, ["content"] = null };
        StringBuilder text = new(), reasoning = new(), refusal = new();
        var calls = new List<(JsonObject Call, StringBuilder Arguments)>();
        var details = new JsonArray();
        ClientUsage? usage = null;
        for (var i = 0; i < events.Count; i++)
        {
            events[i].Name.ShouldBeNull("Chat's events have no names.");
            if (events[i].Data == "[DONE]")
            {
                i.ShouldBe(events.Count - 1, "[DONE] is the end.");
                finish.ShouldNotBeNull("[DONE] without a finish reason.");
                break;
            }

            var chunk = Json.Parse(events[i].Data);
            if (chunk["error"] is not null)
            {
                i.ShouldBe(events.Count - 1, "An error is the end, without [DONE].");
                return new ClientResult { Text = text.ToString(), Error = ReadError(chunk) };
            }

            i.ShouldBeLessThan(events.Count - 1, "The stream ends without [DONE].");
            chunk["object"].Str().ShouldBe("chat.completion.chunk");
            (id ??= chunk["id"].Str()).ShouldBe(chunk["id"].Str());
            chunk["choices"].ShouldBeOfType<JsonArray>();
            if (chunk["choices"]!.AsArray().Count == 0)
            {
                finish.ShouldNotBeNull("The usage comes after the finish reason.");
                usage.ShouldBeNull();
                usage = UsageOf(chunk["usage"]).ShouldNotBeNull();
                continue;
            }

            usage.ShouldBeNull("Nothing comes after the usage.");
            finish.ShouldBeNull("Nothing but the usage comes after the finish reason.");
            var choice = chunk["choices"]!.AsArray().ShouldHaveSingleItem()!;
            choice["index"].Num().ShouldBe(0);
            var delta = choice["delta"]!.AsObject();
            if (delta["role"].Str() is { } role)
            {
                role.ShouldBe("assistant");
                message["role"].ShouldBeNull("The role is said once.");
                message["role"] = role;
            }

            message["role"].ShouldNotBeNull("The role comes first.");
            text.Append(delta["content"].Str());
            refusal.Append(delta["refusal"].Str());
            reasoning.Append(delta["reasoning_content"].Str());
            foreach (var detail in delta["reasoning_details"].Items()) details.Add(detail.Copy());
            foreach (var piece in delta["tool_calls"].Items()) Call(piece, calls);
            finish = choice["finish_reason"].Str();
        }

        if (events.Count == 0 || events[^1].Data != "[DONE]") Assert.Fail("The stream ends without [DONE].");
        message["content"] = text.Length > 0 ? text.ToString() : null;
        if (refusal.Length > 0) message["refusal"] = refusal.ToString();
        if (reasoning.Length > 0) message["reasoning_content"] = reasoning.ToString();
        if (details.Count > 0) message["reasoning_details"] = details;
        if (calls.Count > 0) message["tool_calls"] = Json.Array(calls.Select(call => Finished(call.Call, call.Arguments)));
        usage.ShouldNotBeNull("The usage was asked for.");
        return Said(message, finish, usage);
    }

    public override ClientError ReadError(JsonNode body)
    {
        var error = body["error"].ShouldBeOfType<JsonObject>();
        foreach (var name in (string[])["message", "type", "param", "code"]) error.ContainsKey(name).ShouldBeTrue($"'{name}' is missing in {body.ToJsonString()}");
        return new ClientError(error["type"].Str().ShouldNotBeNull(), error["message"].Str()!, error["code"].Str());
    }

    internal static ClientUsage? UsageOf(JsonNode? usage)
    {
        if (usage is null) return null;
        usage["total_tokens"].Num().ShouldBe(usage["prompt_tokens"].Num() + usage["completion_tokens"].Num());
        return new ClientUsage(usage["prompt_tokens"].Num(), usage["completion_tokens"].Num(), usage["prompt_tokens_details"]?["cached_tokens"].Num() ?? 0,
            usage["prompt_tokens_details"]?["cache_write_tokens"].Num() ?? 0, usage["completion_tokens_details"]?["reasoning_tokens"].Num() ?? 0);
    }

    private static void Call(JsonNode piece, List<(JsonObject Call, StringBuilder Arguments)> calls)
    {
        var index = (int)piece["index"].Num();
        if (index == calls.Count)
        {
            piece["id"].Str().ShouldNotBeNullOrEmpty("A call's first piece has its id.");
            calls.Add((piece.Copy().AsObject(), new StringBuilder()));
        }
        else
        {
            index.ShouldBe(calls.Count - 1, "Calls are numbered densely and do not mix.");
            piece["id"].ShouldBeNull("A call's id is said once.");
        }

        calls[index].Arguments.Append(piece["function"]?["arguments"].Str() ?? piece["custom"]?["input"].Str());
    }

    private static JsonObject Finished(JsonObject call, StringBuilder arguments)
    {
        call.Remove("index");
        if (call["type"].Str() == "custom") call["custom"]!["input"] = arguments.ToString();
        else call["function"]!["arguments"] = arguments.ToString();
        return call;
    }

    private static ClientResult Said(JsonObject message, string? finish, ClientUsage? usage)
    {
        var calls = message["tool_calls"].Items().Select(call => call["type"].Str() == "custom"
            ? new ClientToolCall(call["id"].Str()!, call["custom"]!["name"].Str()!, call["custom"]!["input"].Str()!, Custom: true)
            : new ClientToolCall(call["id"].Str()!, call["function"]!["name"].Str()!, call["function"]!["arguments"].Str()!)).ToList();
        calls.Select(call => call.Id).Distinct().Count().ShouldBe(calls.Count, "Calls have ids of their own.");
        usage.ShouldNotBeNull();
        var refusal = message["refusal"].Str() is { Length: > 0 };
        return new ClientResult
        {
            Text = message["content"].Str() ?? "",
            Reasoning = message["reasoning_content"].Str() ?? "",
            Calls = calls,
            Ending = finish switch
            {
                "stop" => refusal ? Ending.Refused : Ending.Stop,
                "length" => Ending.Length,
                "tool_calls" => Ending.Calls,
                "content_filter" => Ending.Refused,
                _ => throw new InvalidDataException($"Chat has no finish reason '{finish}'."),
            },
            Usage = usage,
            Native = message,
        };
    }

    private static JsonNode PartOf(Part part) => part switch
    {
        TextPart text => new JsonObject { ["type"] = "text", ["text"] = text.Text },
        ImagePart image => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = $"data:{image.MediaType};base64,{image.Base64}" } },
        ImageUrlPart image => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = image.Url } },
        _ => throw new NotSupportedException(),
    };

    private static JsonNode ToolOf(ToolSpec tool) => tool.Schema is { } schema
        ? new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = tool.Name, ["description"] = "A tool.", ["parameters"] = schema.Copy() } }
        : new JsonObject { ["type"] = "custom", ["custom"] = new JsonObject { ["name"] = tool.Name, ["description"] = "Takes text." } };
}
