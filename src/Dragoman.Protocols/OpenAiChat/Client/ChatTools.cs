using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads the tools of a request, and which of them may or must be called.</summary>
internal static class ChatTools
{
    public static bool TryRead(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
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
            UserLocation = Flatten(location, ref extras),
            Origin = Protocol.OpenAiChat,
            // The bare options and not a declaration: the name around them tells the writer so.
            Raw = Named(value),
            Extras = extras,
        });
    }

    private static JsonSlice Named(JsonSlice options)
    {
        var bytes = new ArrayBufferWriter<byte>(options.Bytes.Length + 32);
        bytes.Write("{\"web_search_options\":"u8);
        bytes.Write(options.Bytes.Span);
        bytes.Write("}"u8);
        return new JsonSlice(bytes.WrittenMemory);
    }

    /// <summary>Chat nests the place (<c>{"type":"approximate","approximate":{…}}</c>); Responses and Anthropic have it flat.</summary>
    private static JsonSlice Flatten(JsonSlice location, ref List<Extra>? extras)
    {
        if (!location.IsObject) return default;
        var reader = location.Read();
        reader.Read();
        var place = default(JsonSlice);
        List<Extra>? beside = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("approximate"u8)) place = ChatJson.Value(ref reader, location.Bytes);
            else if (reader.ValueTextEquals("type"u8)) _ = ChatJson.String(ref reader);
            else ChatJson.Extra(ref reader, location.Bytes, ref beside, "user_location.");
        }

        if (!place.IsObject) return location;
        if (beside is not null) (extras ??= []).AddRange(beside);
        return ChatWriting.Place(place);
    }
}
