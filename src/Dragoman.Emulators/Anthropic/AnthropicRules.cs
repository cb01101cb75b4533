using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The rules of a Messages request as a whole, in Anthropic's wording.</summary>
internal static class AnthropicRules
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "model", "messages", "max_tokens", "system", "stream", "temperature", "top_p", "top_k", "stop_sequences", "thinking",
        "output_config", "tools", "tool_choice", "metadata", "service_tier", "cache_control", "inference_geo",
    };

    private static readonly HashSet<string> OnBedrock = new(StringComparer.Ordinal)
    {
        "anthropic_version", "anthropic_beta", "messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stop_sequences",
        "thinking", "output_config", "tools", "tool_choice", "context_management", "metadata",
    };

    private static readonly HashSet<string> OnVertex = new(StringComparer.Ordinal)
    {
        "anthropic_version", "messages", "max_tokens", "system", "stream", "temperature", "top_p", "top_k", "stop_sequences", "thinking", "output_config", "tools", "tool_choice", "metadata",
    };

    private static readonly HashSet<string> NotCounted = new(StringComparer.Ordinal)
    {
        "max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier",
    };

    public static void Check(JsonObject body, HashSet<string> betas, SignatureIssuer seal, AnthropicHost host, string? hostedModel = null)
    {
        foreach (var (name, _) in body)
        {
            var known = host == AnthropicHost.Bedrock ? OnBedrock.Contains(name)
                : host == AnthropicHost.Vertex ? OnVertex.Contains(name) || (name == "context_management" && betas.Any(flag => flag.StartsWith("context-management-", StringComparison.Ordinal)))
                : Members.Contains(name) || AnthropicBetas.Members.Any(member => member.Member == name && betas.Any(flag => flag.StartsWith(member.Flag, StringComparison.Ordinal)));
            if (!known || (host == AnthropicHost.Counting && NotCounted.Contains(name)))
                throw Bad($"{name}: Extra inputs are not permitted");
        }

        // No conversation is kept here: a thread may be started, and is lost at once.
        if (body["thread"]?["type"]?.ToString() == "continue")
            throw new Refusal(404, "thread: no thread was found for previous_message_id", code: "thread_not_found");
        var model = hostedModel ?? RequireText(body, "model");
        if (model.StartsWith("missing-", StringComparison.Ordinal))
            throw new Refusal(404, $"model: {model}");
        var limit = host == AnthropicHost.Counting && !body.ContainsKey("max_tokens") ? (int?)null : MaxTokens(body);
        AnthropicModelRules.Check(body, model);
        var thinking = Thinking(body, limit);
        Sampling(body, model, thinking);
        var marks = new CacheMarks(takesScope: host != AnthropicHost.Vertex);
        var tools = AnthropicToolRules.Check(body, thinking is "enabled" or "adaptive", marks, host, betas);
        SystemBlocks(body, marks);
        if (body["messages"] is not { } node)
            throw Bad("messages: Field required");
        if (node is not JsonArray messages)
            throw Bad("messages: Input should be a valid list");
        AnthropicMaker.Check(body, messages, model);
        AnthropicMessageRules.Check(messages, new AnthropicMessageRules.Setting(seal, marks, betas, host, model, thinking, tools.Count > 0));
        marks.Add(body["cache_control"], "cache_control");
        marks.Check();
        OutputConfig(body);
    }

    public static Refusal Bad(string message) => new(400, message);

    public static void Closed(JsonObject value, string path, params ReadOnlySpan<string> members)
    {
        foreach (var (name, _) in value)
        {
            if (!members.Contains(name))
                throw Bad($"{path}.{name}: Extra inputs are not permitted");
        }
    }

    public static string RequireText(JsonObject value, string name, string? path = null)
    {
        var at = path is null ? name : $"{path}.{name}";
        if (!value.ContainsKey(name))
            throw Bad($"{at}: Field required");
        return value[name].Str() ?? throw Bad($"{at}: Input should be a valid string");
    }

    private static int MaxTokens(JsonObject body)
    {
        if (!body.ContainsKey("max_tokens"))
            throw Bad("max_tokens: Field required");
        var limit = body["max_tokens"].Int() ?? throw Bad("max_tokens: Input should be a valid integer");
        return limit >= 1 ? limit : throw Bad("max_tokens: Input should be greater than or equal to 1");
    }

    private static string? Thinking(JsonObject body, int? limit)
    {
        if (body["thinking"] is not { } node)
            return null;
        var thinking = node as JsonObject ?? throw Bad("thinking: Input should be a valid dictionary or object to extract fields from");
        var type = thinking["type"].Str();
        switch (type)
        {
            case "enabled":
                Closed(thinking, "thinking.enabled", "type", "budget_tokens", "display");
                if (!thinking.ContainsKey("budget_tokens"))
                    throw Bad("thinking.enabled.budget_tokens: Field required");
                var budget = thinking["budget_tokens"].Int() ?? throw Bad("thinking.enabled.budget_tokens: Input should be a valid integer");
                if (budget < 1024)
                    throw Bad("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
                if (limit is not null && budget >= limit)
                    throw Bad("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size");
                break;
            case "adaptive":
                Closed(thinking, "thinking.adaptive", "type", "display");
                break;
            case "disabled" or "between_tools":
                Closed(thinking, $"thinking.{type}", "type");
                break;
            default:
                throw Bad($"thinking: Input tag '{type}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'");
        }

        return type;
    }

    private static void Sampling(JsonObject body, string model, string? thinking)
    {
        Range(body, "temperature", 1);
        Range(body, "top_p", 1);
        if (body["top_k"] is { } k && k.Int() is not >= 0)
            throw Bad("top_k: Input should be greater than or equal to 0");
        if (body["temperature"] is not null && body["top_p"] is not null && System.Text.RegularExpressions.Regex.IsMatch(model, "claude-(opus-4-[1-9]|sonnet-4-[5-9]|haiku-4-5)", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            throw Bad("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        if (System.Text.RegularExpressions.Regex.IsMatch(model, "claude-(opus|sonnet|haiku|fable)-(4-[7-9]|[5-9])", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
        {
            foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "top_k"])
            {
                if (body[name] is { } value && value.Num() is not 1)
                    throw Bad($"`{name}` is not supported for this model.");
            }
        }

        if (thinking is "enabled" or "adaptive")
        {
            const string more = " Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking";
            if (body["temperature"].Num() is { } temperature && Math.Abs(temperature - 1) > 1e-9)
                throw Bad("`temperature` may only be set to 1 when thinking is enabled." + more);
            if (body["top_k"] is not null)
                throw Bad("`top_k` must be unset when thinking is enabled." + more);
            if (body["top_p"].Num() is < 0.95)
                throw Bad("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled." + more);
        }

        if (body["stop_sequences"] is { } stops)
        {
            if (stops is not JsonArray list)
                throw Bad("stop_sequences: Input should be a valid list");
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i].Str() is not { } stop)
                    throw Bad($"stop_sequences.{i}: Input should be a valid string");
                if (string.IsNullOrWhiteSpace(stop))
                    throw Bad("stop_sequences: each stop sequence must contain non-whitespace");
            }
        }
    }

    private static void Range(JsonObject body, string name, double most)
    {
        if (body[name] is not { } node)
            return;
        var number = node.Num() ?? throw Bad($"{name}: Input should be a valid number");
        if (number < 0)
            throw Bad($"{name}: Input should be greater than or equal to 0");
        if (number > most)
            throw Bad($"{name}: Input should be less than or equal to {most}");
    }

    private static void SystemBlocks(JsonObject body, CacheMarks marks)
    {
        switch (body["system"])
        {
            case null:
                if (body.ContainsKey("system"))
                    throw Bad("system: Input should be a valid list");
                break;
            case JsonArray blocks:
                for (var i = 0; i < blocks.Count; i++)
                {
                    var block = blocks[i] as JsonObject ?? throw Bad($"system.{i}: Input should be a valid dictionary or object to extract fields from");
                    if (block["type"].Str() != "text")
                        throw Bad($"system.{i}.type: Input should be 'text'");
                    Closed(block, $"system.{i}", "type", "text", "cache_control", "citations");
                    var text = RequireText(block, "text", $"system.{i}");
                    marks.Add(block["cache_control"], $"system.{i}.cache_control");
                    if (text.Length == 0)
                        throw Bad(block["cache_control"] is null ? "system: text content blocks must be non-empty" : $"system.{i}: cache_control cannot be set for empty text blocks");
                }

                break;
            case var text when text.Str() is null:
                throw Bad("system: Input should be a valid string");
        }
    }

    private static void OutputConfig(JsonObject body)
    {
        if (body["output_config"] is not { } node)
            return;
        var config = node as JsonObject ?? throw Bad("output_config: Input should be a valid dictionary or object to extract fields from");
        Closed(config, "output_config", "effort", "format", "task_budget");
        if (config["effort"] is { } effort && effort.Str() is not ("low" or "medium" or "high" or "xhigh" or "max"))
            throw Bad("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
        if (config["format"] is JsonObject format)
        {
            if (format["type"].Str() != "json_schema")
                throw Bad("output_config.format.type: Input should be 'json_schema'");
            Closed(format, "output_config.format", "type", "schema");
            AnthropicSchemaRules.Check(format["schema"] as JsonObject ?? throw Bad("output_config.format.schema: Field required"), "output_config.format.schema");
        }
    }
}
