using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// The tools as a response repeats them: functions have <c>strict</c> and <c>parameters</c> there also where the request left them to their
/// defaults, and clients of typed languages insist on both.
/// </summary>
internal static class ResponsesToolEcho
{
    /// <summary>The tools with what was left unsaid; the very same bytes where nothing was.</summary>
    public static JsonSlice Complete(JsonSlice tools)
    {
        if (!tools.IsArray || !IsAnyLacking(tools)) return tools;
        var output = new ArrayBufferWriter<byte>(tools.Bytes.Length + 64);
        var json = JsonWriting.Rent(output);
        json.WriteStartArray();
        var reader = tools.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var tool = JsonSlice.From(ref reader, tools.Bytes);
            var (strict, parameters) = Missing(tool);
            if (!strict && !parameters)
            {
                tool.WriteTo(json);
                continue;
            }

            json.WriteStartObject();
            ResponsesItem.CopyWithoutId(tool, json);
            if (parameters) json.WriteNull("parameters"u8);
            if (strict) json.WriteBoolean("strict"u8, true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonWriting.Return(json);
        return new JsonSlice(output.WrittenMemory);
    }

    private static bool IsAnyLacking(JsonSlice tools)
    {
        var reader = tools.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (Missing(JsonSlice.From(ref reader, tools.Bytes)) is not (false, false)) return true;
        }

        return false;
    }

    private static (bool Strict, bool Parameters) Missing(JsonSlice tool)
    {
        if (!tool.IsObject) return default;
        bool isFunction = false, strict = true, parameters = true;
        var reader = tool.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            if (reader.ValueTextEquals("strict"u8)) strict = false;
            else if (reader.ValueTextEquals("parameters"u8)) parameters = false;
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String) isFunction = reader.ValueTextEquals("function"u8);
            else reader.Skip();
        }

        return isFunction ? (strict, parameters) : default;
    }
}
