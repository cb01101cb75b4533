using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>Writes single parts for a Gemini client.</summary>
internal static class GeminiPartWriter
{
    public static void Text(Utf8JsonWriter writer, JsonText text, bool thought, JsonText signature)
    {
        writer.WriteStartObject();
        text.WriteTo(writer, "text"u8);
        if (thought) writer.WriteBoolean("thought"u8, true);
        Close(writer, signature);
    }

    public static void Call(Utf8JsonWriter writer, string id, string name, ToolArguments arguments, JsonText signature, Losses losses)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        // An id the client is given comes back with the result, and two calls of one name can be told apart.
        if (!GeminiCalls.IsMade(id)) writer.WriteString("id"u8, id);
        writer.WriteString("name"u8, name);
        writer.WritePropertyName("args"u8);
        if (!arguments.WriteAsObject(writer)) losses.Approximate("functionCall.args", "the arguments are not an object and were put into one");
        writer.WriteEndObject();
        Close(writer, signature);
    }

    /// <summary>Writes a block that comes whole; false when Gemini has no part for it (which is then reported).</summary>
    public static bool Whole(Utf8JsonWriter writer, Block block, Losses losses)
    {
        switch (block)
        {
            case ImageBlock image:
                return Media(writer, image.Source, "image/png", image.PartSignature, losses);
            case AudioBlock audio:
                return Media(writer, audio.Source, "audio/wav", audio.PartSignature, losses);
            case VideoBlock video:
                return Media(writer, video.Source, "video/mp4", video.PartSignature, losses);
            case DocumentBlock document:
                return Media(writer, document.Source, "application/octet-stream", document.PartSignature, losses);
            case HostedToolCallBlock { Origin: Protocol.Gemini, Raw.IsEmpty: false } call:
                call.Raw.WriteTo(writer);
                return true;
            case HostedToolResultBlock { Origin: Protocol.Gemini, Tool: HostedTools.CodeExecution, Raw.IsEmpty: false } result:
                result.Raw.WriteTo(writer);
                return true;
            case HostedToolCallBlock { Tool: HostedTools.CodeExecution } call when CodeOf(call.Input) is { IsEmpty: false } code:
                writer.WriteStartObject();
                writer.WriteStartObject("executableCode"u8);
                writer.WriteString("language"u8, "PYTHON"u8);
                code.WriteTo(writer, "code"u8);
                writer.WriteEndObject();
                writer.WriteEndObject();
                return true;
            case OpaqueBlock { Origin: Protocol.Gemini } opaque:
                opaque.Raw.WriteTo(writer);
                return true;
            default:
                losses.Drop(block is OpaqueBlock other ? other.Type : block is HostedToolCallBlock or HostedToolResultBlock ? "answer.hosted_tool" : "answer", "Gemini has no part for it");
                return false;
        }
    }

    private static bool Media(Utf8JsonWriter writer, MediaSource source, string fallback, JsonText signature, Losses losses)
    {
        if (!source.IsInline && source.Url is null)
        {
            losses.Drop("media", "a file of another provider cannot be shown");
            return false;
        }

        writer.WriteStartObject();
        GeminiMedia.Write(writer, source, fallback, null, ofGemini: true);
        Close(writer, signature);
        return true;
    }

    private static JsonText CodeOf(JsonSlice input)
    {
        if (!input.IsObject) return default;
        var reader = input.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals("code"u8);
            reader.Read();
            if (hit) return reader.TextOrEmpty(input.Bytes);
            reader.Skip();
        }

        return default;
    }

    private static void Close(Utf8JsonWriter writer, JsonText signature)
    {
        if (!signature.IsEmpty) signature.WriteTo(writer, "thoughtSignature"u8);
        writer.WriteEndObject();
    }
}
