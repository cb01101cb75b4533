using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>Reads tool declarations and the choice among them.</summary>
internal static class AnthropicToolReader
{
    private const Protocol Own = Protocol.AnthropicMessages;

    /// <summary>Reads <c>tools</c>.</summary>
    public static void Read(JsonSlice tools, ConversationRequest request)
    {
        if (tools.IsNull) return;
        if (!tools.IsArray) throw WireException.Invalid("tools: Input should be a valid list", "tools");
        var reader = tools.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid($"tools.{index}: Input should be a valid dictionary", $"tools.{index}");
            request.Tools.Add(ReadTool(JsonSlice.From(ref reader, tools.Bytes), index));
        }
    }

    /// <summary>Reads <c>tool_choice</c>.</summary>
    public static void ReadChoice(JsonSlice choice, ConversationRequest request)
    {
        if (choice.IsNull) return;
        if (choice.Bytes.Span.SequenceEqual("\"validated\""u8))
        {
            request.ToolChoice = new ToolChoice { Mode = ToolChoiceMode.Auto, IsValidated = true };
            return;
        }

        if (!choice.IsObject) throw WireException.Invalid("tool_choice: Input should be a valid dictionary", "tool_choice");
        string? type = null;
        string? name = null;
        var reader = choice.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("disable_parallel_tool_use"u8))
            {
                reader.Read();
                request.ParallelToolCalls = !reader.BooleanOrNull();
            }
            else
            {
                var extra = "tool_choice." + reader.GetString();
                reader.Read();
                request.Extras.Add(new(Own, extra, JsonSlice.From(ref reader, choice.Bytes)));
            }
        }

        request.ToolChoice = type switch
        {
            "auto" => new ToolChoice { Mode = ToolChoiceMode.Auto },
            "validated" => new ToolChoice { Mode = ToolChoiceMode.Auto, IsValidated = true },
            "any" => new ToolChoice { Mode = ToolChoiceMode.Required },
            "none" => new ToolChoice { Mode = ToolChoiceMode.None },
            "tool" when name is { Length: > 0 } => new ToolChoice { Mode = ToolChoiceMode.Named, Name = name },
            "tool" => throw WireException.Invalid("tool_choice.name: Field required", "tool_choice.name"),
            _ => throw WireException.Invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'", "tool_choice.type"),
        };
    }

    private static Tool ReadTool(JsonSlice raw, int index)
    {
        string? type = null;
        string? name = null;
        JsonText description = default;
        JsonSlice schema = default;
        JsonSlice location = default;
        bool? strict = null;
        int? maxUses = null;
        List<string>? allowed = null;
        List<string>? blocked = null;
        CacheHint? cache = null;
        var deferred = false;
        List<Extra>? extras = null;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) type = String(ref reader);
            else if (reader.ValueTextEquals("name"u8)) name = String(ref reader);
            else if (reader.ValueTextEquals("description"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) description = JsonText.From(ref reader, raw.Bytes);
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("input_schema"u8)) schema = Value(ref reader, raw);
            else if (reader.ValueTextEquals("user_location"u8)) location = Value(ref reader, raw);
            else if (reader.ValueTextEquals("allowed_domains"u8)) allowed = Strings(Value(ref reader, raw));
            else if (reader.ValueTextEquals("blocked_domains"u8)) blocked = Strings(Value(ref reader, raw));
            else if (reader.ValueTextEquals("cache_control"u8)) cache = AnthropicBlockReader.ReadCache(Value(ref reader, raw), ref extras);
            else if (reader.ValueTextEquals("strict"u8))
            {
                reader.Read();
                strict = reader.BooleanOrNull();
            }
            else if (reader.ValueTextEquals("max_uses"u8))
            {
                reader.Read();
                maxUses = reader.Int32OrNull();
            }
            else
            {
                var extra = reader.GetString()!;
                var value = Value(ref reader, raw);
                if (!value.IsNull) (extras ??= []).Add(new(Own, extra, value));
                deferred |= extra == "defer_loading" && value.Bytes.Span.SequenceEqual("true"u8);
            }
        }

        var isFunction = type is null or "custom";
        if (name is not { Length: > 0 })
        {
            if (isFunction) throw WireException.Invalid($"tools.{index}.name: Field required", $"tools.{index}.name");
            name = type!;
        }

        var known = isFunction ? null : AnthropicKnownTools.Find(type!);
        if (known is not null)
        {
            // The schema is Anthropic's; a target of another protocol gets it written out and is told of the difference.
            (extras ??= []).Insert(0, new(Own, "type", JsonSlice.Parse($"\"{JsonEncodedText.Encode(type!)}\"")));
            description = known.Description;
            schema = known.Schema;
        }

        return new Tool
        {
            Kind = isFunction || known is not null ? ToolKind.Function : ToolKind.Hosted,
            Name = name,
            Description = description,
            Parameters = schema.IsNull ? default : schema,
            Strict = strict,
            HostedKind = isFunction || known is not null ? null : HostedKindOf(type!),
            AllowedDomains = allowed is { Count: > 0 } ? allowed : null,
            BlockedDomains = blocked is { Count: > 0 } ? blocked : null,
            MaxUses = maxUses,
            UserLocation = location.IsObject ? location : default,
            Cache = cache,
            IsDeferred = deferred,
            Origin = Own,
            Raw = raw,
            Extras = extras,
        };
    }

    private static string HostedKindOf(string type)
    {
        if (type.StartsWith("web_search_", StringComparison.Ordinal)) return HostedTools.WebSearch;
        if (type.StartsWith("web_fetch_", StringComparison.Ordinal)) return HostedTools.WebFetch;
        return type.StartsWith("code_execution_", StringComparison.Ordinal) ? HostedTools.CodeExecution : type;
    }

    private static List<string>? Strings(JsonSlice value)
    {
        if (!value.IsArray) return null;
        var list = new List<string>();
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { } item) list.Add(item);
        }

        return list;
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, JsonSlice source)
    {
        reader.Read();
        return JsonSlice.From(ref reader, source.Bytes);
    }
}
