using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>What the Codex backend of ChatGPT refuses that OpenAI's own API takes.</summary>
internal static class ChatGptRules
{
    private static readonly string[] Unsupported =
    [
        "max_output_tokens", "max_completion_tokens", "max_tokens", "temperature", "top_p", "top_logprobs", "truncation", "user", "metadata", "safety_identifier", "prompt_cache_retention",
        "prompt_cache_options", "context_management", "background", "conversation", "prompt", "previous_response_id", "generate",
    ];

    /// <summary>The models, and the least version of a client that gets them.</summary>
    public static readonly (string Slug, Version Least)[] Models =
    [
        ("gpt-6.2-sol", new(0, 155, 1)), ("gpt-6-luna", new(0, 155, 1)), ("gpt-5.6-terra", new(0, 140, 0)), ("gpt-5.5", new(0, 120, 0)), ("gpt-5.4", new(0, 98, 0)), ("gpt-5.4-mini", new(0, 98, 0)), ("gpt-5.2", new(0, 60, 0)),
        ("codex-auto-review", new(0, 98, 0)),
    ];

    public static void Check(JsonObject body, Call call)
    {
        foreach (var (name, value) in body)
        {
            if (Unsupported.Contains(name)) throw Detail($"Unsupported parameter: {name}");
            if (name == "service_tier" && value.Str() != "priority") throw Detail($"Unsupported service_tier: {value.Str()}");
            if (name == "stream_options" && value?["reasoning_summary_delivery"] is null) throw Detail("Unsupported parameter: stream_options");
        }

        if (body["store"].Bool() != false) throw Detail("Store must be set to false");
        if (body["stream"].Bool() != true) throw Detail("Stream must be set to true");
        if (body.ContainsKey("instructions") && body["instructions"].Str() is null) throw Detail("Instructions are not valid");
        if (body["input"] is not JsonArray input) throw Detail("Input must be a list");
        if (body["parallel_tool_calls"] is not null && body["tools"].Arr().Count == 0) throw Detail("Unsupported parameter: parallel_tool_calls");
        foreach (var item in input.OfType<JsonObject>()) Item(item);
        Model(body["model"].Str() ?? "", call);
    }

    public static Refusal Detail(string message, int status = 400) => new(status, message, type: "detail");

    private static void Item(JsonObject item)
    {
        if (item["role"].Str() == "system") throw Detail("System messages are not allowed");
        if (item["type"].Str() == "item_reference") throw new Refusal(404, $"Item with id '{item["id"].Str()}' not found. Items are not persisted when `store` is set to false.", "input");
        if (item["id"].Str() is { } id && item["type"].Str() is null or "message" or "reasoning" or "function_call" or "function_call_output" or "custom_tool_call" or "custom_tool_call_output")
            throw new Refusal(404, $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input");
        foreach (var part in item["content"].Arr().OfType<JsonObject>())
            if (part.ContainsKey("prompt_cache_breakpoint")) throw Detail("Unsupported parameter: prompt_cache_breakpoint");
    }

    private static void Model(string model, Call call)
    {
        if (model.StartsWith("missing-", StringComparison.Ordinal) || Models.FirstOrDefault(known => known.Slug == model) is not { Slug: not null } found)
            throw Detail($"The '{model}' model is not supported when using Codex with a ChatGPT account.");
        if (VersionOf(call.Header("version")) < found.Least) throw Detail($"The '{model}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.");
    }

    public static Version VersionOf(string? text) => Version.TryParse(text, out var version) ? version : new Version(0, 0, 0);
}
