using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads <c>tool_choice</c> in the shapes of Chat, legacy <c>function_call</c>, Responses and Anthropic.</summary>
internal static class ChatToolChoice
{
    public static void Read(JsonSlice value, ConversationRequest request)
    {
        if (value.IsNull) return;
        if (value.IsString)
        {
            request.ToolChoice = ParseKeyword(ChatJson.TextOf(value).ToString(), null) ?? throw WireException.Invalid(
                $"Invalid value: {value}. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value");
            return;
        }

        if (!value.IsObject) throw ChatJson.WrongType("tool_choice", "a string or an object", value);
        var reader = value.Read();
        reader.Read();
        string? type = null;
        string? name = null;
        string? mode = null;
        List<string>? allowed = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("name"u8)) name = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("mode"u8)) mode = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("tools"u8)) allowed = Names(ChatJson.Value(ref reader, value.Bytes), request.Extras);
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8)) name = NameIn(ChatJson.Value(ref reader, value.Bytes), request.Extras) ?? name;
            else if (reader.ValueTextEquals("allowed_tools"u8)) AllowedTools(ChatJson.Value(ref reader, value.Bytes), ref mode, ref allowed, request);
            else if (reader.ValueTextEquals("disable_parallel_tool_use"u8))
            {
                reader.Read();
                if (reader.BooleanOrNull() is { } disable) request.ParallelToolCalls = !disable;
            }
            else ChatJson.Extra(ref reader, value.Bytes, request.Extras, "tool_choice.");
        }

        request.ToolChoice = name is not null
            ? new ToolChoice { Mode = ToolChoiceMode.Named, Name = name }
            : ParseKeyword(mode ?? type, allowed) ?? throw WireException.Invalid(
                "Invalid 'tool_choice': a tool's name, 'auto', 'none', 'required' or 'allowed_tools' is expected.", "tool_choice", "invalid_value");
    }

    private static ToolChoice? ParseKeyword(string? word, List<string>? allowed) => word switch
    {
        "auto" => new ToolChoice { Mode = ToolChoiceMode.Auto, Allowed = allowed },
        "validated" => new ToolChoice { Mode = ToolChoiceMode.Auto, IsValidated = true, Allowed = allowed },
        "none" => new ToolChoice { Mode = ToolChoiceMode.None },
        "required" or "any" => new ToolChoice { Mode = ToolChoiceMode.Required, Allowed = allowed },
        "allowed_tools" => new ToolChoice { Mode = ToolChoiceMode.Auto, Allowed = allowed },
        // A hosted tool is forced by its bare type.
        not null when word.StartsWith("web_search", StringComparison.Ordinal) => new ToolChoice { Mode = ToolChoiceMode.Named, Name = HostedTools.WebSearch },
        _ => null,
    };

    private static void AllowedTools(JsonSlice value, ref string? mode, ref List<string>? allowed, ConversationRequest request)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("mode"u8)) mode = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("tools"u8)) allowed = Names(ChatJson.Value(ref reader, value.Bytes), request.Extras);
            else ChatJson.Extra(ref reader, value.Bytes, request.Extras, "tool_choice.allowed_tools.");
        }
    }

    private static List<string>? Names(JsonSlice list, List<Extra> extras)
    {
        if (!list.IsArray) return null;
        var names = new List<string>();
        var reader = list.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (NameIn(JsonSlice.From(ref reader, list.Bytes), extras) is { } name) names.Add(name);
        }

        return names;
    }

    private static string? NameIn(JsonSlice value, List<Extra> extras)
    {
        if (!value.IsObject) return null;
        var reader = value.Read();
        reader.Read();
        string? name = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("name"u8)) name = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("function"u8) || reader.ValueTextEquals("custom"u8)) name ??= NameIn(ChatJson.Value(ref reader, value.Bytes), extras);
            else if (reader.ValueTextEquals("type"u8)) _ = ChatJson.String(ref reader);
            else ChatJson.Extra(ref reader, value.Bytes, extras, "tool_choice.tools[].");
        }

        return name;
    }
}
