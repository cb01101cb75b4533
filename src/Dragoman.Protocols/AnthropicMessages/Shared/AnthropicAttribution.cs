using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// The line that Claude Code puts first in its system text to say which program asks. It changes with every request, so it would spoil
/// every prompt cache behind it, and says nothing to a model. Only Anthropic itself gets it: the reader takes it out of the system text and
/// keeps it as an extra, which every other protocol's writer reports with its foreign extras; a body that is relayed to another host of this
/// protocol has it cut out of its bytes.
/// </summary>
public static class AnthropicAttribution
{
    /// <summary>The name of the extra that keeps the block whole.</summary>
    internal const string ExtraName = "system[attribution]";

    /// <summary>What is reported where a relayed body has it cut out.</summary>
    public static readonly Loss Loss = new(LossKind.Dropped, ExtraName, "the line changes with every request and is for Anthropic only");

    private static ReadOnlySpan<byte> Start => "x-anthropic-billing-header:"u8;

    /// <summary>Whether a system text is the attribution line and nothing else.</summary>
    internal static bool Is(JsonText text)
    {
        if (!text.StartsWith(Start)) return false;
        return text.ToUtf8().Span.TrimEnd("\r\n "u8).IndexOf((byte)'\n') < 0;
    }

    /// <summary>What a longer system text says behind the line; null where it does not begin with it, or has nothing else.</summary>
    internal static TextBlock? Remainder(TextBlock text)
    {
        if (!text.Text.StartsWith(Start) || Is(text.Text)) return null;
        var bytes = text.Text.ToUtf8();
        return new TextBlock(JsonText.FromUtf8(bytes[(bytes.Span.IndexOf((byte)'\n') + 1)..])) { Cache = text.Cache, Extras = text.Extras };
    }

    /// <summary>The line of such a text as a block of its own.</summary>
    internal static JsonSlice Block(TextBlock text)
    {
        var bytes = text.Text.ToUtf8();
        using var buffer = new PooledBuffer(256);
        var writer = JsonWriting.Rent(buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        JsonText.FromUtf8(bytes[..bytes.Span.IndexOf((byte)'\n')]).WriteTo(writer, "text"u8);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return new JsonSlice(buffer.WrittenMemory).Detach();
    }

    /// <summary>
    /// Where in a body the attribution stands, with the comma or the member around it that go with it; empty where there is none.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="system">Where the value of its <c>system</c> stands.</param>
    public static Range Find(ReadOnlySpan<byte> body, Range system)
    {
        var value = body[system];
        var offset = system.Start.Value;
        if (value.IndexOf("\"x-anthropic-billing-header:"u8) < 0) return default;
        if (value[0] == (byte)'"') return InString(body, system) is var text && !text.Equals(default(Range)) ? text : Member(body, system);
        if (value[0] != (byte)'[') return default;
        try
        {
            return InBlocks(body, system);
        }
        catch (JsonException)
        {
            // What is no JSON passes as it is: it is the upstream's to refuse.
            return default;
        }
    }

    private static Range InBlocks(ReadOnlySpan<byte> body, Range system)
    {
        var value = body[system];
        var offset = system.Start.Value;
        var reader = new Utf8TokenReader(value, JsonReading.Options);
        reader.Read();
        var end = -1;
        while (reader.NextElement())
        {
            var start = offset + (int)reader.TokenStartIndex;
            var text = default(Range);
            if (reader.TokenType == JsonTokenType.StartObject) text = TextOf(ref reader, offset);
            else reader.Skip();
            var past = offset + (int)reader.BytesConsumed;
            if (!text.Equals(default(Range)))
            {
                if (InString(body, text) is var line && !line.Equals(default(Range))) return line;
                // The first goes with the comma behind it, a later one with the comma before it, the only one with all of the member.
                var comma = Skip(body, past);
                if (end >= 0) return end..past;
                return body[comma] == (byte)',' ? start..Skip(body, comma + 1) : Member(body, system);
            }

            end = past;
        }

        return default;
    }

    /// <summary>Where the text of a block stands that begins with the line.</summary>
    private static Range TextOf(ref Utf8TokenReader reader, int offset)
    {
        var found = default(Range);
        while (reader.NextProperty())
        {
            var isText = reader.ValueTextEquals("text"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String && reader.ValueSpan.StartsWith(Start)) found = (offset + (int)reader.TokenStartIndex)..(offset + (int)reader.BytesConsumed);
            else reader.Skip();
        }

        return found;
    }

    /// <summary>The line at the head of a longer text, its line end with it; empty where the text is nothing but the line.</summary>
    private static Range InString(ReadOnlySpan<byte> body, Range text)
    {
        var inner = body[text][1..^1];
        if (!inner.StartsWith(Start)) return default;
        var end = inner.IndexOf("\\n"u8);
        if (end < 0 || IsBlank(inner[end..])) return default;
        var first = text.Start.Value + 1;
        return first..(first + end + 2);
    }

    private static bool IsBlank(ReadOnlySpan<byte> escaped)
    {
        while (escaped.StartsWith("\\n"u8) || escaped.StartsWith("\\r"u8)) escaped = escaped[2..];
        return escaped.IndexOfAnyExcept((byte)' ') < 0;
    }

    /// <summary>The whole member, with one of the commas around it.</summary>
    private static Range Member(ReadOnlySpan<byte> body, Range value)
    {
        var name = body[..value.Start.Value].LastIndexOf("\"system\""u8);
        if (name < 0) return default;
        var past = Skip(body, value.End.Value);
        if (past < body.Length && body[past] == (byte)',') return name..Skip(body, past + 1);
        var before = body[..name].TrimEnd(" \t\r\n"u8).Length;
        return before > 0 && body[before - 1] == (byte)',' ? (before - 1)..value.End.Value : name..value.End.Value;
    }

    private static int Skip(ReadOnlySpan<byte> body, int at)
    {
        while (at < body.Length && body[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        return at;
    }
}
