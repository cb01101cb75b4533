using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Makes the <c>exec</c> action of a <c>local_shell_call</c> out of what a model of another protocol passed to the function that stands for it.</summary>
internal static class ResponsesClientRunAction
{
    public static void WriteExec(Utf8JsonWriter json, ToolArguments arguments)
    {
        var bytes = arguments.Text.ToUtf8();
        json.WriteStartObject();
        json.WriteString("type"u8, "exec"u8);
        if (!TryCopy(json, bytes))
        {
            // Not an object at all: most likely the command itself.
            json.WriteStartArray("command"u8);
            json.WriteStringValue("sh"u8);
            json.WriteStringValue("-c"u8);
            arguments.Text.WriteTo(json);
            json.WriteEndArray();
            json.WriteStartObject("env"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static bool TryCopy(Utf8JsonWriter json, ReadOnlyMemory<byte> bytes)
    {
        if (!IsObject(bytes)) return false;
        var reader = new Utf8TokenReader(bytes.Span, JsonReading.Options);
        reader.Read();
        var hasEnvironment = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            var isCommand = reader.ValueTextEquals("command"u8);
            hasEnvironment |= reader.ValueTextEquals("env"u8);
            json.WritePropertyName(reader.GetString()!);
            reader.Read();
            if (isCommand && reader.TokenType == JsonTokenType.String)
            {
                json.WriteStartArray();
                json.WriteStringValue("sh"u8);
                json.WriteStringValue("-c"u8);
                JsonText.From(ref reader, bytes).WriteTo(json);
                json.WriteEndArray();
            }
            else
            {
                JsonSlice.From(ref reader, bytes).WriteTo(json);
            }
        }

        if (!hasEnvironment)
        {
            json.WriteStartObject("env"u8);
            json.WriteEndObject();
        }

        return true;
    }

    private static bool IsObject(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new Utf8TokenReader(bytes.Span, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
