using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What a model passes to a tool. Some protocols carry it as a JSON object, some as a string that holds JSON; the bytes of the JSON
/// itself are the same in both and are never re-ordered or re-spelled.
/// </summary>
public readonly struct ToolArguments
{
    private readonly JsonSlice _value;
    private readonly JsonText _text;

    private ToolArguments(JsonSlice value, JsonText text)
    {
        _value = value;
        _text = text;
    }

    /// <summary>Arguments read as a JSON value.</summary>
    public static ToolArguments FromValue(JsonSlice value) => new(value, default);

    /// <summary>Arguments read as a string that holds JSON (or, from a careless model, something that is not JSON).</summary>
    public static ToolArguments FromText(JsonText text) => new(default, text);

    /// <summary>Whether nothing was passed, not even an empty object.</summary>
    public bool IsEmpty => _value.IsEmpty && _text.IsEmpty;

    /// <summary>
    /// Whether the JSON passes nothing, as some models and servers spell it for a tool without parameters: blank, <c>null</c>, an empty string,
    /// or an empty string in a string.
    /// </summary>
    internal static bool IsNothing(ReadOnlySpan<byte> json)
    {
        json = json.Trim(" \t\r\n"u8);
        return json.IsEmpty || json.SequenceEqual("null"u8) || json.SequenceEqual("\"\""u8) || json.SequenceEqual("\"\\\"\\\"\""u8);
    }

    /// <summary>Whether more of it could still make the JSON one that passes nothing (<see cref="IsNothing"/>).</summary>
    internal static bool MayBeNothing(ReadOnlySpan<byte> json)
    {
        json = json.TrimStart(" \t\r\n"u8);
        return "null"u8.StartsWith(json) || "\"\\\"\\\"\""u8.StartsWith(json) || IsNothing(json);
    }

    /// <summary>The JSON as text.</summary>
    public JsonText Text => _value.IsEmpty ? _text : JsonText.FromUtf8(_value.Bytes);

    /// <summary>The JSON without lone halves of surrogate pairs; a copy only where there is one.</summary>
    private static ReadOnlyMemory<byte> Repaired(ReadOnlyMemory<byte> json)
    {
        if (LoneSurrogates.Find(json.Span) < 0) return json;
        var copy = json.ToArray();
        LoneSurrogates.Repair(copy);
        return copy;
    }

    /// <summary>Writes the arguments as a string that holds JSON; nothing passed is written as <c>{}</c>.</summary>
    public void WriteAsString(Utf8JsonWriter writer)
    {
        if (PassesNothing) writer.WriteStringValue("{}"u8);
        else Text.WriteTo(writer);
    }

    /// <summary>
    /// Writes the arguments as a JSON object. Returns false when they are not one: then <c>{}</c> was written for nothing, and
    /// <c>{"input": …}</c> around anything else, so that no word of the model is lost; the caller reports the approximation.
    /// </summary>
    public bool WriteAsObject(Utf8JsonWriter writer)
    {
        var bytes = Repaired(_value.IsEmpty ? _text.ToUtf8() : _value.Bytes);
        var trimmed = Trim(bytes);
        if (IsNothing(trimmed.Span))
        {
            writer.WriteRawValue("{}"u8, skipInputValidation: true);
            return true;
        }

        if (trimmed.Span[0] == (byte)'{' && IsCompleteJson(trimmed.Span))
        {
            writer.WriteRawValue(trimmed.Span, skipInputValidation: true);
            return true;
        }

        writer.WriteStartObject();
        writer.WritePropertyName("input"u8);
        if (IsCompleteJson(trimmed.Span)) writer.WriteRawValue(trimmed.Span, skipInputValidation: true);
        else JsonText.FromUtf8(bytes).WriteTo(writer);
        writer.WriteEndObject();
        return false;
    }

    /// <summary>Writes a custom tool's free text as the object it is wrapped in (<see cref="ToolNameMap.WrappedParameter"/>).</summary>
    internal void WriteWrapped(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(ToolNameMap.WrappedParameter);
        Text.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>A copy that no longer borrows a buffer.</summary>
    public ToolArguments Detach() => new(_value.IsEmpty ? default : _value.Detach(), _text.Detach());

    /// <inheritdoc/>
    public override string ToString() => Text.ToString();

    private bool PassesNothing => IsEmpty || (Text.Length <= 32 && IsNothing(Text.ToUtf8().Span));

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        var start = span.IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0) return default;
        var end = span.LastIndexOfAnyExcept(" \t\r\n"u8);
        return bytes.Slice(start, end - start + 1);
    }

    private static bool IsCompleteJson(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8TokenReader.Check(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
