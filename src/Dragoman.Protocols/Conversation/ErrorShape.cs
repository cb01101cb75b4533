using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What the outermost members of a JSON text say of whether it tells an error, in any API's form: an <c>error</c> of whatever type, an object
/// that calls itself one, or nothing but a message. One pass; values are skipped over.
/// </summary>
internal readonly struct ErrorShape
{
    /// <summary>Whether it says so in so many words: an <c>error</c> that is not empty, or a <c>type</c> or <c>object</c> of that name.</summary>
    public bool IsStated { get; private init; }

    /// <summary>Whether it has what errors without an envelope have (<c>message</c>, <c>detail</c>): an error where there is no answer beside it.</summary>
    public bool IsHinted { get; private init; }

    /// <summary>The HTTP status that the error names as its code, or null.</summary>
    public int? Status { get; private init; }

    /// <summary>Reads a text; what is not JSON says nothing. Of an array the first element that states an error counts.</summary>
    public static ErrorShape Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8TokenReader(json, JsonReading.Options);
            if (!reader.Read()) return default;
            if (reader.TokenType == JsonTokenType.StartObject) return Object(ref reader);
            if (reader.TokenType != JsonTokenType.StartArray) return default;
            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
                else if (Object(ref reader) is { IsStated: true } found) return found;
            }
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            // Torn or no JSON at all: whoever reads it says so.
        }

        return default;
    }

    private static ErrorShape Object(ref Utf8TokenReader reader)
    {
        var (stated, hinted) = (false, false);
        int? inside = null;
        int? beside = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("errors"u8))
            {
                reader.Read();
                stated |= Error(ref reader, ref inside);
            }
            else if (reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                stated |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8) || reader.ValueTextEquals("msg"u8) || reader.ValueTextEquals("error_message"u8) || reader.ValueTextEquals("__type"u8))
            {
                reader.Read();
                hinted |= reader.TokenType == JsonTokenType.String;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("base_resp"u8))
            {
                reader.Read();
                hinted |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else if (IsCode(ref reader))
            {
                reader.Read();
                Code(ref reader, ref beside);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new ErrorShape { IsStated = stated, IsHinted = hinted, Status = inside ?? beside };
    }

    /// <summary>Whether the value the reader stands on is an error: null, <c>false</c>, and what is empty are none.</summary>
    private static bool Error(ref Utf8TokenReader reader, ref int? status)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return !reader.ValueSpan.IsEmpty;
            case JsonTokenType.True:
                return true;
            case JsonTokenType.StartObject:
                var any = false;
                while (reader.NextProperty())
                {
                    var code = IsCode(ref reader);
                    reader.Read();
                    any |= reader.TokenType switch
                    {
                        JsonTokenType.Null or JsonTokenType.False => false,
                        JsonTokenType.String => !reader.ValueSpan.IsEmpty,
                        JsonTokenType.Number => !reader.ValueSpan.SequenceEqual("0"u8),
                        _ => true,
                    };
                    if (code) Code(ref reader, ref status);
                    else reader.Skip();
                }

                return any;
            case JsonTokenType.StartArray:
                var found = false;
                while (reader.NextElement()) found |= Error(ref reader, ref status);
                return found;
            default:
                return false;
        }
    }

    private static bool IsCode(ref Utf8TokenReader reader)
        => reader.ValueTextEquals("code"u8) || reader.ValueTextEquals("status"u8) || reader.ValueTextEquals("status_code"u8) || reader.ValueTextEquals("statusCode"u8)
            || reader.ValueTextEquals("http_code"u8) || reader.ValueTextEquals("http_status"u8);

    /// <summary>A code counts where it is a status; elsewhere it is a word, or a number of the vendor's own.</summary>
    private static void Code(ref Utf8TokenReader reader, ref int? status)
    {
        var code = reader.TokenType == JsonTokenType.String ? int.TryParse(reader.GetString(), out var number) ? number : null : reader.Int32OrNull();
        if (code is >= 400 and < 600) status ??= code;
    }
}
