using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance.Recordings;

/// <summary>
/// What a provider's own client learns from a recording: a simple reader a provider, which shares nothing with the gateway's.
/// </summary>
public sealed class RecordedAnswer
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<Call> _calls = [];
    private Ending _ending;
    private JsonNode? _usage;
    private ClientError? _error;

    public static ClientResult Of(string folder, IReadOnlyList<string> texts, bool stream)
    {
        var answer = new RecordedAnswer();
        foreach (var text in texts)
        {
            var json = Json.Parse(text);
            if (json["error"] is JsonObject error && error["message"].Str() is { } message) answer._error = new ClientError(error["type"].Str() ?? error["status"].Str(), message);
            else if (folder == "openai-chat") answer.Chat(json, stream ? "delta" : "message");
            else if (folder == "openai-responses") answer.Responses(json, stream);
            else if (folder == "gemini") answer.Gemini(json);
            else if (folder == "anthropic-messages" && stream) answer.MessagesEvent(json);
            else if (folder == "anthropic-messages") answer.Message(json);
            else if (stream) answer.ConverseEvent(json);
            else answer.Converse(json, text);
        }

        return new ClientResult
        {
            Text = answer._text.ToString(),
            Reasoning = answer._reasoning.ToString(),
            Calls = [.. answer._calls.Select(call => new ClientToolCall(call.Id, call.Name, call.Arguments.Length == 0 && !call.Custom ? "{}" : call.Arguments.ToString(), call.Custom))],
            Ending = answer._ending,
            Usage = answer._error is null ? answer.Usage(folder) : null,
            Error = answer._error,
        };
    }

    private void Chat(JsonNode json, string member)
    {
        if (json["usage"] is JsonObject usage) _usage = usage;
        if (json["choices"].Items().FirstOrDefault() is not { } choice) return;
        var answer = choice[member]!;
        _text.Append(answer["content"].Str());
        _reasoning.Append(answer["reasoning_content"].Str());
        foreach (var piece in answer["tool_calls"].Items())
        {
            var index = member == "message" ? _calls.Count : (int)piece["index"].Num();
            while (_calls.Count <= index) _calls.Add(new Call());
            if (piece["id"].Str() is { Length: > 0 } id) _calls[index].Id = id;
            if (piece["function"]!["name"].Str() is { Length: > 0 } name) _calls[index].Name = name;
            _calls[index].Arguments.Append(piece["function"]!["arguments"].Str());
        }

        if (choice["finish_reason"].Str() is { } finish) _ending = finish switch { "stop" => Ending.Stop, "tool_calls" => Ending.Calls, "length" => Ending.Length, _ => Ending.Refused };
    }

    private void Responses(JsonNode json, bool stream)
    {
        // One recording holds several answers behind each other; a client stops at the end of the first.
        if (_usage is not null || _error is not null) return;
        if (stream && json["type"].Str() is "response.failed") _error = new ClientError(null, json["response"]!["error"]!["message"].Str()!);
        var response = stream ? json["response"] : json;
        if (stream && json["type"].Str() is not ("response.completed" or "response.incomplete")) return;
        foreach (var item in response!["output"].Items())
        {
            foreach (var part in item["content"].Items()) _text.Append(part["text"].Str());
            foreach (var part in item["summary"].Items()) _reasoning.Append(part["text"].Str());
            if (item["type"].Str() is "function_call" or "custom_tool_call")
            {
                _calls.Add(new Call { Id = item["call_id"].Str()!, Name = item["name"].Str()!, Custom = item["type"].Str() == "custom_tool_call" });
                _calls[^1].Arguments.Append((item["arguments"] ?? item["input"]).Str());
            }
        }

        _usage = response["usage"];
        _ending = response["incomplete_details"] is not null ? Ending.Length : _calls.Count > 0 ? Ending.Calls : Ending.Stop;
    }

    private void Gemini(JsonNode json)
    {
        if (json["usageMetadata"] is JsonObject usage) _usage = usage;
        var candidate = json["candidates"]![0]!;
        foreach (var part in candidate["content"]?["parts"].Items() ?? [])
        {
            (part["thought"] is not null ? _reasoning : _text).Append(part["text"].Str());
            if (part["functionCall"] is not { } call) continue;
            _calls.Add(new Call { Id = call["id"].Str() ?? "", Name = call["name"].Str()! });
            _calls[^1].Arguments.Append(call["args"]?.ToJsonString(Json.Plain) ?? "{}");
        }

        if (candidate["finishReason"].Str() is { } finish) _ending = finish == "MAX_TOKENS" ? Ending.Length : _calls.Count > 0 ? Ending.Calls : finish == "STOP" ? Ending.Stop : Ending.Refused;
    }

    private void MessagesEvent(JsonNode json)
    {
        switch (json["type"].Str())
        {
            case "message_start":
                _usage = json["message"]!["usage"]!.Copy();
                break;
            case "content_block_start" when json["content_block"]!["type"].Str() == "tool_use":
                _calls.Add(new Call { Id = json["content_block"]!["id"].Str()!, Name = json["content_block"]!["name"].Str()! });
                break;
            case "content_block_delta":
                _text.Append(json["delta"]!["text"].Str());
                _reasoning.Append(json["delta"]!["thinking"].Str());
                if (json["delta"]!["partial_json"].Str() is { } piece) _calls[^1].Arguments.Append(piece);
                break;
            case "message_delta":
                foreach (var (name, value) in json["usage"]!.AsObject()) _usage![name] = value?.DeepClone();
                MessagesEnd(json["delta"]!["stop_reason"].Str());
                break;
        }
    }

    private void Message(JsonNode json)
    {
        foreach (var block in json["content"].Items())
        {
            if (block["type"].Str() == "text") _text.Append(block["text"].Str());
            if (block["type"].Str() == "thinking") _reasoning.Append(block["thinking"].Str());
            if (block["type"].Str() != "tool_use") continue;
            _calls.Add(new Call { Id = block["id"].Str()!, Name = block["name"].Str()! });
            _calls[^1].Arguments.Append(block["input"]!.ToJsonString(Json.Plain));
        }

        _usage = json["usage"];
        MessagesEnd(json["stop_reason"].Str());
    }

    private void MessagesEnd(string? reason)
        => _ending = reason switch { "tool_use" => Ending.Calls, "max_tokens" => Ending.Length, "refusal" => Ending.Refused, _ => Ending.Stop };

    private void ConverseEvent(JsonNode json)
    {
        if (json["contentBlockStart"]?["start"]?["toolUse"] is { } use) _calls.Add(new Call { Id = use["toolUseId"].Str()!, Name = use["name"].Str()! });
        if (json["contentBlockDelta"]?["delta"] is { } delta)
        {
            _text.Append(delta["text"].Str());
            _reasoning.Append(delta["reasoningContent"]?["text"].Str());
            if (delta["toolUse"]?["input"].Str() is { } piece) _calls[^1].Arguments.Append(piece);
        }

        if (json["messageStop"] is { } stop) ConverseEnd(stop["stopReason"].Str());
        if (json["metadata"] is { } metadata) _usage = metadata["usage"];
    }

    private void Converse(JsonNode json, string text)
    {
        _ = text;
        foreach (var block in json["output"]!["message"]!["content"].Items())
        {
            _text.Append(block["text"].Str());
            _reasoning.Append(block["reasoningContent"]?["reasoningText"]?["text"].Str());
            if (block["toolUse"] is not { } use) continue;
            _calls.Add(new Call { Id = use["toolUseId"].Str()!, Name = use["name"].Str()! });
            _calls[^1].Arguments.Append(use["input"]?.ToJsonString(Json.Plain) ?? "");
        }

        ConverseEnd(json["stopReason"].Str());
        _usage = json["usage"];
    }

    private void ConverseEnd(string? reason) => _ending = reason switch { "tool_use" => Ending.Calls, "max_tokens" => Ending.Length, "end_turn" or "stop_sequence" => Ending.Stop, _ => Ending.Refused };

    private ClientUsage? Usage(string folder)
    {
        if (_usage is not { } usage) return null;
        long N(string name) => usage[name].Num();
        switch (folder)
        {
            case "openai-chat":
                var reasoning = usage["completion_tokens_details"]?["reasoning_tokens"].Num() ?? 0;
                // xAI counts reasoning beside the answer and not in it; the total tells.
                var output = N("completion_tokens") + (N("total_tokens") == N("prompt_tokens") + N("completion_tokens") + reasoning ? reasoning : 0);
                return new(N("prompt_tokens"), output, usage["prompt_tokens_details"]?["cached_tokens"].Num() ?? 0, 0, reasoning);
            case "openai-responses":
                return new(N("input_tokens"), N("output_tokens"), usage["input_tokens_details"]!["cached_tokens"].Num(), 0, usage["output_tokens_details"]!["reasoning_tokens"].Num());
            case "gemini":
                return new(N("promptTokenCount") + N("toolUsePromptTokenCount"), N("candidatesTokenCount") + N("thoughtsTokenCount"), N("cachedContentTokenCount"), 0, N("thoughtsTokenCount"));
            case "anthropic-messages":
                return new(N("input_tokens") + N("cache_read_input_tokens") + N("cache_creation_input_tokens"), N("output_tokens"), N("cache_read_input_tokens"), N("cache_creation_input_tokens"), 0);
            default:
                return new(N("inputTokens") + N("cacheReadInputTokens") + N("cacheWriteInputTokens"), N("outputTokens"), N("cacheReadInputTokens"), N("cacheWriteInputTokens"), 0);
        }
    }

    private sealed class Call
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public StringBuilder Arguments { get; } = new();

        public bool Custom { get; init; }
    }
}
