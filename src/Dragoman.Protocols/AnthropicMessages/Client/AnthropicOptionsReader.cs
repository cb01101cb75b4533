using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>Reads the option objects of a request: thinking, output configuration, metadata.</summary>
internal static class AnthropicOptionsReader
{
    private const Protocol Own = Protocol.AnthropicMessages;

    /// <summary>Reads <c>thinking</c>.</summary>
    public static void Thinking(JsonSlice value, ConversationRequest request)
    {
        if (value.IsNull) return;
        if (!value.IsObject) throw WireException.Invalid("thinking: Input should be a valid dictionary", "thinking");
        var options = request.Reasoning ??= new();
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                options.Mode = reader.StringOrNull() switch
                {
                    "enabled" => ReasoningMode.On,
                    "adaptive" => ReasoningMode.Adaptive,
                    "disabled" => ReasoningMode.Off,
                    _ => throw WireException.Invalid("thinking.type: Input should be 'enabled', 'adaptive' or 'disabled'", "thinking.type"),
                };
            }
            else if (reader.ValueTextEquals("budget_tokens"u8))
            {
                reader.Read();
                options.BudgetTokens = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("display"u8))
            {
                reader.Read();
                options.Visible = reader.StringOrNull() switch { "omitted" => false, "summarized" => true, _ => options.Visible };
            }
            else
            {
                Keep(ref reader, value, "thinking.", request);
            }
        }
    }

    /// <summary>Reads <c>output_config</c>.</summary>
    public static void OutputConfig(JsonSlice value, ConversationRequest request)
    {
        if (value.IsNull) return;
        if (!value.IsObject) throw WireException.Invalid("output_config: Input should be a valid dictionary", "output_config");
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("effort"u8))
            {
                reader.Read();
                if (reader.StringOrNull() is { Length: > 0 } effort) (request.Reasoning ??= new()).Effort = effort;
            }
            else if (reader.ValueTextEquals("format"u8))
            {
                reader.Read();
                Format(JsonSlice.From(ref reader, value.Bytes), request, "output_config.format");
            }
            else
            {
                Keep(ref reader, value, "output_config.", request);
            }
        }
    }

    /// <summary>Reads <c>output_config.format</c>, or its older spelling <c>output_format</c>.</summary>
    public static void Format(JsonSlice value, ConversationRequest request, string path)
    {
        if (value.IsNull) return;
        if (!value.IsObject) throw WireException.Invalid($"{path}: Input should be a valid dictionary", path);
        string? type = null;
        JsonSlice schema = default;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("schema"u8))
            {
                reader.Read();
                schema = JsonSlice.From(ref reader, value.Bytes);
            }
            else
            {
                Keep(ref reader, value, "output_config.format.", request);
            }
        }

        if (type == "json_schema")
        {
            if (!schema.IsObject) throw WireException.Invalid($"{path}.schema: Field required", $"{path}.schema");
            request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = schema, Strict = true };
        }
        else if (type is not (null or "text"))
        {
            request.Extras.Add(new(Own, "output_config.format", value));
        }
    }

    /// <summary>Reads <c>metadata</c>.</summary>
    public static void Metadata(JsonSlice value, ConversationRequest request)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("user_id"u8))
            {
                reader.Read();
                request.UserId = reader.StringOrNull();
            }
            else
            {
                Keep(ref reader, value, "metadata.", request);
            }
        }
    }

    private static void Keep(ref Utf8TokenReader reader, JsonSlice source, string prefix, ConversationRequest request)
    {
        var name = prefix + reader.GetString();
        reader.Read();
        var value = JsonSlice.From(ref reader, source.Bytes);
        if (!value.IsNull) request.Extras.Add(new(Own, name, value));
    }
}
