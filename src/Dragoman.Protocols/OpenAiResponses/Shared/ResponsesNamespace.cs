using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>A declaration of this protocol as it stood; in a namespace the schemas that OpenAI refuses are replaced, and nothing else.</summary>
internal static class ResponsesNamespace
{
    /// <summary>Writes the declaration that the tool carries.</summary>
    public static void WriteRaw(Utf8JsonWriter json, Tool tool, TranslationContext exchange)
    {
        var raw = tool.Raw.Bytes.Span;
        ArrayBufferWriter<byte>? output = null;
        var written = 0;
        for (var i = 0; tool.Namespace is not null && i < exchange.Request.Tools.Count; i++)
        {
            var member = exchange.Request.Tools[i];
            if (member.Namespace != tool.Namespace || !RootUnion.HasRootUnion(member.Parameters, openAi: true)) continue;
            var schema = member.Parameters.Bytes.Span;
            if (!raw.Overlaps(schema, out var at) || at < written || at + schema.Length > raw.Length) continue;
            output ??= new ArrayBufferWriter<byte>(raw.Length + 256);
            output.Write(raw[written..at]);
            output.Write(RootUnion.Fold(member.Parameters, exchange.Losses, $"tools[{i}].parameters", openAi: true).Bytes.Span);
            written = at + schema.Length;
        }

        if (output is null)
        {
            tool.Raw.WriteTo(json);
            return;
        }

        output.Write(raw[written..]);
        json.WriteRawValue(output.WrittenSpan, skipInputValidation: true);
    }
}
