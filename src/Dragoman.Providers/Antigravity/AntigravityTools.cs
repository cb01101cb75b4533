using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// Declarations of tools for Claude models, each with a required parameter, without which the mode <c>VALIDATED</c> refuses it: where there is none, a flag of no meaning is one (wire notes codex-and-antigravity D.13).
/// It is taken out of the calls again.
/// </summary>
internal static class AntigravityTools
{
    private static ReadOnlySpan<byte> Flag => "\"_placeholder\""u8;

    private static ReadOnlySpan<byte> FlagSchema => "\"_placeholder\":{\"type\":\"boolean\",\"description\":\"Always true.\"}"u8;

    /// <summary>Writes the tools of a request.</summary>
    public static void Write(ReadOnlyMemory<byte> tools, IBufferWriter<byte> output) => WriteList(tools, output, static (tool, to) => WriteTool(tool, to));

    /// <summary>An answer without the flag in its calls: the bytes themselves where there is none.</summary>
    public static ReadOnlyMemory<byte> WithoutFlags(ReadOnlyMemory<byte> answer)
    {
        if (answer.Span.IndexOf(Flag) < 0) return answer;
        try
        {
            var kept = new ArrayBufferWriter<byte>(answer.Length);
            var span = answer.Span;
            var from = 0;
            var reader = new Utf8JsonReader(span);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("_placeholder"u8)) continue;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var end = (int)reader.BytesConsumed;
                // One comma goes with it: the one behind, else the one before.
                var behind = end + Spaces(span[end..]);
                if (behind < span.Length && span[behind] == (byte)',') end = behind + 1;
                else if (span[from..start].TrimEnd(" \t\r\n"u8) is [.., (byte)','] before) start = from + before.Length - 1;
                kept.Write(span[from..start]);
                from = end;
            }

            kept.Write(span[from..]);
            return kept.WrittenMemory;
        }
        catch (JsonException)
        {
            return answer;
        }
    }

    private static int Spaces(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var count ? count : text.Length;

    private static void WriteTool(ReadOnlyMemory<byte> tool, IBufferWriter<byte> output)
    {
        var isFirst = true;
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(tool.Span);
        while (members.Next())
        {
            Separate(output, ref isFirst);
            WriteName(output, members.Name);
            var value = tool[members.ValueStart..members.ValueEnd];
            if (members.Name.SequenceEqual("functionDeclarations"u8)) WriteList(value, output, static (declaration, to) => WriteDeclaration(declaration.Span, to));
            else output.Write(value.Span);
        }

        output.Write("}"u8);
    }

    private static void WriteDeclaration(ReadOnlySpan<byte> declaration, IBufferWriter<byte> output)
    {
        var (isFirst, hasSchema) = (true, false);
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(declaration);
        while (members.Next())
        {
            Separate(output, ref isFirst);
            WriteName(output, members.Name);
            var isSchema = members.Name.SequenceEqual("parameters"u8) || members.Name.SequenceEqual("parametersJsonSchema"u8);
            hasSchema |= isSchema;
            if (isSchema && members.Value is [(byte)'{', ..] && !Requires(members.Value)) WriteSchema(members.Value, output);
            else output.Write(members.Value);
        }

        if (!hasSchema)
        {
            Separate(output, ref isFirst);
            output.Write("\"parametersJsonSchema\":"u8);
            WriteSchema("{}"u8, output);
        }

        output.Write("}"u8);
    }

    private static bool Requires(ReadOnlySpan<byte> schema)
    {
        var members = new TopLevelJsonScanner(schema);
        while (members.Next())
            if (members.Name.SequenceEqual("required"u8)) return members.Value.IndexOf((byte)'"') >= 0;
        return false;
    }

    private static void WriteSchema(ReadOnlySpan<byte> schema, IBufferWriter<byte> output)
    {
        var hasType = false;
        var properties = ReadOnlySpan<byte>.Empty;
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(schema);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("required"u8)) continue;
            if (members.Name.SequenceEqual("properties"u8))
            {
                properties = members.Value;
                continue;
            }

            hasType |= members.Name.SequenceEqual("type"u8);
            WriteName(output, members.Name);
            output.Write(members.Value);
            output.Write(","u8);
        }

        if (!hasType) output.Write("\"type\":\"object\","u8);
        output.Write("\"properties\":{"u8);
        var known = new TopLevelJsonScanner(properties);
        while (!properties.IsEmpty && known.Next())
        {
            WriteName(output, known.Name);
            output.Write(known.Value);
            output.Write(","u8);
        }

        output.Write(FlagSchema);
        output.Write("},\"required\":[\"_placeholder\"]}"u8);
    }

    private static void WriteList(ReadOnlyMemory<byte> list, IBufferWriter<byte> output, Action<ReadOnlyMemory<byte>, IBufferWriter<byte>> write)
    {
        if (list.Span is not [(byte)'[', ..])
        {
            output.Write(list.Span);
            return;
        }

        var isFirst = true;
        output.Write("["u8);
        var reader = new Utf8TokenReader(list.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextElement())
        {
            var item = JsonSlice.From(ref reader, list).Bytes;
            Separate(output, ref isFirst);
            if (item.Span is [(byte)'{', ..]) write(item, output);
            else output.Write(item.Span);
        }

        output.Write("]"u8);
    }

    private static void Separate(IBufferWriter<byte> output, ref bool isFirst)
    {
        if (!isFirst) output.Write(","u8);
        isFirst = false;
    }

    private static void WriteName(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("\""u8);
        output.Write(name);
        output.Write("\":"u8);
    }
}
