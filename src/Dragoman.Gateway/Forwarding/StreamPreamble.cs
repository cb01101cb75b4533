using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// Tells the frames with which an upstream greets, before it has answered anything, from those of the answer. Asked only until the answer
/// begins. What is not known counts as answer: holding back is for what certainly says nothing.
/// </summary>
internal static class StreamPreamble
{
    /// <summary>Whether a frame of a language's stream, by its data, is only a greeting.</summary>
    public static bool Is(Protocol language, ReadOnlySpan<byte> data) => language switch
    {
        Protocol.AnthropicMessages => TypeOf(data) is var type && (type.SequenceEqual("message_start"u8) || type.SequenceEqual("ping"u8)),
        Protocol.OpenAiResponses => TypeOf(data) is var type
            && (type.SequenceEqual("response.created"u8) || type.SequenceEqual("response.in_progress"u8) || type.SequenceEqual("response.queued"u8) || type.SequenceEqual("keepalive"u8)),
        Protocol.OpenAiChat or Protocol.OpenAiCompletions => data.StartsWith("[DONE]"u8) || SaysNothing(data),
        Protocol.Gemini => GeminiChunkState.Of(data) is { Says: false, Finish: null or { IsFailure: true } },
        _ => false,
    };

    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> data)
    {
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("type"u8)) return skim.Value.Trim((byte)'"');
        }

        return default;
    }

    /// <summary>Whether a chunk has choices, and none of them more than its role.</summary>
    private static bool SaysNothing(ReadOnlySpan<byte> data)
    {
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual("choices"u8)) continue;
            try
            {
                return AreEmpty(skim.Value);
            }
            catch (JsonException)
            {
                return false;
            }
        }

        return false;
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
