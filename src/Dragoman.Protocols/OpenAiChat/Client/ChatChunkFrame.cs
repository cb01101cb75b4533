using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>
/// The unchanging head of a stream's chunks (id, model, time), made once: a delta then costs the copying of its own bytes. The legacy
/// Completions protocol frames its chunks the same way.
/// </summary>
internal sealed class ChatChunkFrame(TranslationContext exchange, string idPrefix, string objectName)
{
    private byte[] _head = [];

    /// <summary>Makes the head. The upstream's id is kept where it has the protocol's own shape.</summary>
    public void Begin(AnswerStart start)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        var writer = JsonWriting.Rent(bytes);
        writer.WriteStartObject();
        WriteHead(writer, exchange, start, idPrefix, objectName);
        JsonWriting.Return(writer);
        _head = [.. "data: "u8, .. bytes.WrittenSpan, .. ","u8];
    }

    /// <summary>Makes sure that there is a head.</summary>
    public void Require()
    {
        if (_head.Length == 0) Begin(new AnswerStart());
    }

    public void WriteHead(IBufferWriter<byte> output) => output.Write(_head);

    public static void WriteHead(Utf8JsonWriter writer, TranslationContext exchange, AnswerStart start, string idPrefix, string objectName)
    {
        var kept = start.Id is { } own && own.StartsWith(idPrefix, StringComparison.Ordinal) ? own : null;
        writer.WriteString("id"u8, kept ?? idPrefix + exchange.AnswerId);
        writer.WriteString("object"u8, objectName);
        writer.WriteNumber("created"u8, exchange.CreatedAt);
        writer.WriteString("model"u8, exchange.ClientModel);
        // Completions never had tiers.
        if (objectName != "text_completion" && ChatServiceTier.Parse(start.ServiceTier) is { } tier) writer.WriteString("service_tier"u8, tier);
        if (start.Fingerprint is { } fingerprint) writer.WriteString("system_fingerprint"u8, fingerprint);
    }

    /// <summary>Writes the chunk that has only usage: <c>choices</c> is empty.</summary>
    public void WriteUsage(IBufferWriter<byte> output, TokenUsage usage)
    {
        WriteHead(output);
        output.Write("\"choices\":[],"u8);
        var bytes = new ArrayBufferWriter<byte>(512);
        var writer = JsonWriting.Rent(bytes);
        writer.WriteStartObject();
        ChatUsage.Write(writer, usage);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        // Without its opening brace: the members go on in the chunk's object.
        output.Write(bytes.WrittenSpan[1..]);
        output.Write("\n\n"u8);
    }
}
