using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Gemini, v1beta.</summary>
public sealed class GeminiDriver : ClientDriver
{
    public override string Name => "gemini";

    public override bool TellsToolErrors => true;

    public override string PathOf(Ask ask, bool stream) => $"/v1beta/models/{ask.Model}:" + (stream ? "streamGenerateContent?alt=sse" : "generateContent");

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var contents = new JsonArray();
        foreach (var turn in ask.Turns)
        {
            contents.Add(turn switch
            {
                UserTurn user => Content("user", user.Parts.Select(PartOf)),
                MadeTurn made => Content("model", [new JsonObject { ["text"] = made.Text }]),
                ModelTurn model => model.Said.Native!.Copy(),
                ResultsTurn results => Content("user", results.Results.Select(ResultOf)),
                _ => throw new NotSupportedException(),
            });
        }

        var config = new JsonObject { ["maxOutputTokens"] = ask.MaxTokens };
        var body = new JsonObject { ["contents"] = contents, ["generationConfig"] = config };
        if (ask.System is not null) body["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = ask.System }) };
        if (ask.Tools.Count > 0) body["tools"] = new JsonArray(new JsonObject
        {
            ["functionDeclarations"] = Json.Array(ask.Tools.Select(tool => new JsonObject { ["name"] = tool.Name, ["description"] = "A tool.", ["parametersJsonSchema"] = tool.Schema!.Copy() })),
        });
        if (ask.Choice is { } choice)
        {
            var calling = new JsonObject { ["mode"] = choice switch { "auto" => "AUTO", "none" => "NONE", _ => "ANY" } };
            if (choice is not ("auto" or "none" or "required")) calling["allowedFunctionNames"] = new JsonArray(choice);
            body["toolConfig"] = new JsonObject { ["functionCallingConfig"] = calling };
        }

        if (ask.Effort is not null) config["thinkingConfig"] = new JsonObject { ["includeThoughts"] = true, ["thinkingBudget"] = 2048 };
        if (ask.Stops.Count > 0) config["stopSequences"] = Json.Array(ask.Stops.Select(stop => JsonValue.Create(stop)));
        if (ask.Schema is { } schema) (config["responseMimeType"], config["responseJsonSchema"]) = ("application/json", schema.Copy());
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body) => Read([body]);

    /// <summary>A failure in the midst of a stream is one bare line of JSON, as Google writes it and its SDKs read it; it is the last.</summary>
    protected override List<ServerSentEvent> EventsOf(byte[] body)
    {
        var raw = Encoding.UTF8.GetString(body);
        var last = raw.TrimEnd('\n').LastIndexOf('\n') + 1;
        if (!raw.AsSpan(last).StartsWith("{\"error\":")) return ServerSentEvent.ReadAll(raw);
        List<ServerSentEvent> events = last == 0 ? [] : ServerSentEvent.ReadAll(raw[..last]);
        events.Add(new ServerSentEvent(null, raw[last..].TrimEnd('\n')));
        return events;
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        var chunks = events.Select(item => Json.Parse(item.Data)).ToList();
        events.ShouldNotBeEmpty();
        if (chunks[^1]["error"] is not null)
        {
            var said = chunks.SkipLast(1).SelectMany(chunk => chunk["candidates"]![0]!["content"]?["parts"].Items() ?? []);
            return new ClientResult { Text = Join(said, thought: false), Error = ReadError(chunks[^1]) };
        }

        events.ShouldAllBe(item => item.Name == null, "Gemini's events have no names.");
        foreach (var chunk in chunks.SkipLast(1)) chunk["candidates"]![0]!["finishReason"].ShouldBeNull("Only the last chunk has a finish reason.");
        return Read(chunks);
    }

    public override ClientError ReadError(JsonNode body)
    {
        var error = body["error"].ShouldBeOfType<JsonObject>();
        error["code"].Num().ShouldBeGreaterThanOrEqualTo(400);
        return new ClientError(error["status"].Str().ShouldNotBeNull(), error["message"].Str()!);
    }

    private static ClientResult Read(List<JsonNode> chunks)
    {
        var parts = new List<JsonNode>();
        foreach (var chunk in chunks)
        {
            var candidate = chunk["candidates"]!.AsArray().ShouldHaveSingleItem()!;
            candidate["index"].Num().ShouldBe(0);
            chunk["modelVersion"].Str().ShouldNotBeNullOrEmpty();
            chunk["responseId"].Str().ShouldBe(chunks[0]["responseId"].Str());
            candidate["content"]?["role"].Str().ShouldBe("model");
            parts.AddRange(candidate["content"]?["parts"].Items() ?? []);
        }

        var last = chunks[^1];
        var usage = last["usageMetadata"].ShouldBeOfType<JsonObject>();
        var calls = new List<ClientToolCall>();
        foreach (var call in parts.Select(part => part["functionCall"]).OfType<JsonNode>())
        {
            call["args"].ShouldBeOfType<JsonObject>();
            calls.Add(new ClientToolCall(call["id"].Str() ?? "", call["name"].Str()!, call["args"]!.ToJsonString(Json.Plain)));
        }

        var finish = last["candidates"]![0]!["finishReason"].Str();
        var thoughts = usage["thoughtsTokenCount"].Num();
        var output = usage["candidatesTokenCount"].Num() + thoughts;
        usage["totalTokenCount"].Num().ShouldBe(usage["promptTokenCount"].Num() + output + usage["toolUsePromptTokenCount"].Num());
        return new ClientResult
        {
            Text = Join(parts, thought: false),
            Reasoning = Join(parts, thought: true),
            Calls = calls,
            Ending = finish switch
            {
                "STOP" => calls.Count > 0 ? Ending.Calls : Ending.Stop,
                "MAX_TOKENS" => Ending.Length,
                "SAFETY" or "PROHIBITED_CONTENT" or "BLOCKLIST" or "RECITATION" or "SPII" => Ending.Refused,
                _ => throw new InvalidDataException($"The finish reason '{finish}' was not expected."),
            },
            Usage = new ClientUsage(usage["promptTokenCount"].Num() + usage["toolUsePromptTokenCount"].Num(), output, usage["cachedContentTokenCount"].Num(), 0, thoughts),
            // Sent back as Gemini's own SDKs gather it: empty parts left out, all others as they came.
            Native = Content("model", parts.Where(part => part["text"].Str() != "" || part["thoughtSignature"] is not null).Select(part => part.Copy())),
        };
    }

    private static string Join(IEnumerable<JsonNode> parts, bool thought)
        => string.Concat(parts.Where(part => (part["thought"]?.GetValue<bool>() ?? false) == thought).Select(part => part["text"].Str()));

    private static JsonObject Content(string role, IEnumerable<JsonNode> parts) => new() { ["role"] = role, ["parts"] = Json.Array(parts) };

    private static JsonNode PartOf(Part part) => part switch
    {
        TextPart text => new JsonObject { ["text"] = text.Text },
        ImagePart image => new JsonObject { ["inlineData"] = new JsonObject { ["mimeType"] = image.MediaType, ["data"] = image.Base64 } },
        ImageUrlPart image => new JsonObject { ["fileData"] = new JsonObject { ["mimeType"] = "image/png", ["fileUri"] = image.Url } },
        _ => throw new NotSupportedException(),
    };

    private static JsonNode ResultOf(ToolResult result)
    {
        var response = new JsonObject { ["name"] = result.Call.Name, ["response"] = new JsonObject { [result.IsError ? "error" : "output"] = result.Text } };
        if (result.Call.Id.Length > 0) response["id"] = result.Call.Id;
        if (result.Image is { } image) response["parts"] = new JsonArray(PartOf(image));
        return new JsonObject { ["functionResponse"] = response };
    }
}
