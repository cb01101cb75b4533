using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>OpenAI's old Completions: one prompt, one text.</summary>
public sealed class CompletionsDriver : ClientDriver
{
    public override string Name => "completions";

    public override string PathOf(Ask ask, bool stream) => "/v1/completions";

    public override JsonObject BodyOf(Ask ask, bool stream)
    {
        var prompt = ((TextPart)((UserTurn)ask.Turns[^1]).Parts[0]).Text;
        var body = new JsonObject { ["model"] = ask.Model, ["prompt"] = prompt, ["max_tokens"] = ask.MaxTokens };
        if (stream) (body["stream"], body["stream_options"]) = (true, new JsonObject { ["include_usage"] = true });
        if (ask.Stops.Count > 0) body["stop"] = Json.Array(ask.Stops.Select(stop => JsonValue.Create(stop)));
        return body;
    }

    public override ClientResult ReadWhole(JsonNode body)
    {
        body["object"].Str().ShouldBe("text_completion");
        var choice = body["choices"]!.AsArray().ShouldHaveSingleItem()!;
        return new ClientResult { Text = choice["text"].Str()!, Ending = EndingOf(choice["finish_reason"].Str()), Usage = ChatDriver.UsageOf(body["usage"]) };
    }

    public override ClientResult ReadStream(IReadOnlyList<ServerSentEvent> events)
    {
        var text = new StringBuilder();
        string? finish = null;
        ClientUsage? usage = null;
        foreach (var item in events.SkipLast(1))
        {
            var chunk = Json.Parse(item.Data);
            chunk["object"].Str().ShouldBe("text_completion");
            if (chunk["choices"]!.AsArray().Count == 0)
            {
                usage = ChatDriver.UsageOf(chunk["usage"]);
                continue;
            }

            finish.ShouldBeNull();
            text.Append(chunk["choices"]![0]!["text"].Str());
            finish = chunk["choices"]![0]!["finish_reason"].Str();
        }

        if (events[^1].Data != "[DONE]") return new ClientResult { Text = text.ToString(), Error = ReadError(Json.Parse(events[^1].Data)) };
        return new ClientResult { Text = text.ToString(), Ending = EndingOf(finish), Usage = usage.ShouldNotBeNull() };
    }

    public override ClientError ReadError(JsonNode body) => All["chat"].ReadError(body);

    private static Ending EndingOf(string? finish) => finish switch
    {
        "stop" => Ending.Stop,
        "length" => Ending.Length,
        "content_filter" => Ending.Refused,
        _ => throw new InvalidDataException($"Completions has no finish reason '{finish}'."),
    };
}
