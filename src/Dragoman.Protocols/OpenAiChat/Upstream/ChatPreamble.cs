using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>The chunks with which Chat servers open a stream before they have answered anything: choices with a role and nothing else.</summary>
internal static class ChatPreamble
{
    /// <summary>Whether an event, by its data, is such a chunk, or the end of the stream.</summary>
    public static bool Is(ReadOnlySpan<byte> data) => data.StartsWith("[DONE]"u8) || SaysNothing(data);

    /// <summary>Whether a chunk has choices, and none of them more than its role.</summary>
    private static bool SaysNothing(ReadOnlySpan<byte> data)
    {
        var choices = TopLevelJsonScanner.ValueOf(data, "choices"u8);
        try
        {
            return !choices.IsEmpty && AreEmpty(choices);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool AreEmpty(ReadOnlySpan<byte> choices)
    {
        var reader = new Utf8TokenReader(choices);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isDelta = reader.ValueTextEquals("delta"u8);
                var counts = isDelta || reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("finish_reason"u8);
                reader.Read();
                if (isDelta && reader.TokenType == JsonTokenType.StartObject)
                {
                    if (!IsRoleOnly(ref reader)) return false;
                }
                else if (counts && !IsNothing(ref reader))
                {
                    return false;
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return true;
    }

    private static bool IsRoleOnly(ref Utf8TokenReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            reader.Read();
            if (!isRole && !IsNothing(ref reader)) return false;
            reader.Skip();
        }

        return true;
    }

    private static bool IsNothing(ref Utf8TokenReader reader)
        => reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty);
}
