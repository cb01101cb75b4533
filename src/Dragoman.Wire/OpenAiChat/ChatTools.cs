using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.OpenAiChat;

/// <summary>Reads the tools of a request, and which of them may or must be called.</summary>
internal static class ChatTools
{
    public static bool TryRead(ref JsonTokens reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.ValueTextEquals("tools"u8)) ReadList(ChatJson.Value(ref reader, body), request, "tools");
        else if (reader.ValueTextEquals("functions"u8)) ReadList(ChatJson.Value(ref reader, body), request, "functions");
        else if (reader.ValueTextEquals("tool_choice"u8) || reader.ValueTextEquals("function_call"u8)) ChatToolChoice.Read(ChatJson.Value(ref reader, body), request);
        else if (reader.ValueTextEquals("parallel_tool_calls"u8))
        {
            reader.Read();
            request.ParallelToolCalls = reader.BooleanOrNull() ?? request.ParallelToolCalls;
        }
        else if (reader.ValueTextEquals("web_search_options"u8)) WebSearchOptions(ChatJson.Value(ref reader, body), request);
        else return false;
        return true;
    }

    private static void ReadList(JsonSlice list, ConversationRequest request, string param)
    {
        if (list.IsNull) return;
        if (!list.IsArray) throw ChatJson.WrongType(param, "an array of objects", list);
        var reader = list.Read();
        reader.Read();
        for (var i = 0; reader.NextElement(); i++)
        {
            var raw = JsonSlice.From(ref reader, list.Bytes);
            if (!raw.IsObject) throw ChatJson.WrongType($"{param}[{i}]", "an object", raw);
            var declaration = new ChatToolDeclaration(raw, legacy: param == "functions");
            if (declaration.Read($"{param}[{i}]") is { } tool) request.Tools.Add(tool);
        }
    }

    private static void WebSearchOptions(JsonSlice value, ConversationRequest request)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        var location = default(JsonSlice);
        List<Extra>? extras = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("user_location"u8)) location = ChatJson.Value(ref reader, value.Bytes);
            else ChatJson.Extra(ref reader, value.Bytes, ref extras);
        }

        request.Tools.Add(new Tool
        {
            Kind = ToolKind.Hosted,
            Name = HostedTools.WebSearch,
            HostedKind = HostedTools.WebSearch,
            UserLocation = Flatten(location),
            Origin = Language.OpenAiChat,
            // The bare options and not a declaration: the writer tells the two apart by the missing type.
            Raw = value,
            Extras = extras,
        });
    }

    /// <summary>Chat nests the place (<c>{"type":"approximate","approximate":{…}}</c>); Responses and Anthropic have it flat.</summary>
    private static JsonSlice Flatten(JsonSlice location)
    {
        if (!location.IsObject) return default;
        var reader = location.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var nested = reader.ValueTextEquals("approximate"u8);
            var value = ChatJson.Value(ref reader, location.Bytes);
            if (nested && value.IsObject) return ChatWriting.Place(value);
        }

        return location;
    }
}
