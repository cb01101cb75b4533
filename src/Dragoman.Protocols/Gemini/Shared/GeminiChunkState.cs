using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>How far a chunk brings an answer: whether it says anything, calls a tool, or ends it. For those who pass chunks on unread.</summary>
public readonly record struct GeminiChunkState
{
    /// <summary>Whether it has content: words, or a part of any other sort.</summary>
    public bool HasContent { get; init; }

    /// <summary>Whether it calls a tool.</summary>
    public bool Calls { get; init; }

    /// <summary>Whether the first call in it is a new one, and not the next piece of the call before.</summary>
    public bool BeginsCall { get; init; }

    /// <summary>Whether the last call in it says that its arguments go on (<c>willContinue</c>).</summary>
    public bool CallGoesOn { get; init; }

    /// <summary>Whether a call in it begins while the one before, in it too, was to go on.</summary>
    public bool TearsCall { get; init; }

    /// <summary>Why the answer ends with it; null where it goes on.</summary>
    public Finish? Finish { get; init; }

    /// <summary>Reads the data of an event; what cannot be read counts as content.</summary>
    public static GeminiChunkState Read(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8TokenReader(data, JsonReading.Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Chunk(ref reader) : new() { HasContent = true };
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            return new() { HasContent = true };
        }
    }

    /// <summary>Reads the candidate that the reader stands on.</summary>
    internal static GeminiChunkState ReadCandidate(ref Utf8TokenReader reader)
    {
        var state = default(GeminiChunkState);
        string? word = null;
        string? message = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                state = Content(ref reader);
            }
            else if (reader.ValueTextEquals("finishReason"u8))
            {
                reader.Read();
                word = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("finishMessage"u8))
            {
                reader.Read();
                message = reader.StringOrNull();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return word is null or "" or "FINISH_REASON_UNSPECIFIED" ? state : state with { Finish = new Finish(GeminiFinish.Read(word)) { Raw = word, Message = message } };
    }

    private static GeminiChunkState Chunk(ref Utf8TokenReader reader)
    {
        var state = default(GeminiChunkState);
        while (reader.NextProperty())
        {
            var wrapped = reader.ValueTextEquals("response"u8);
            var candidates = reader.ValueTextEquals("candidates"u8);
            var feedback = reader.ValueTextEquals("promptFeedback"u8);
            reader.Read();
            if (wrapped && reader.TokenType == JsonTokenType.StartObject)
            {
                state = Chunk(ref reader);
            }
            else if (candidates && reader.TokenType == JsonTokenType.StartArray)
            {
                for (var first = true; reader.NextElement(); first = false)
                {
                    if (first && reader.TokenType == JsonTokenType.StartObject) state = ReadCandidate(ref reader);
                    else reader.Skip();
                }
            }
            else
            {
                // A blocked prompt is answered by saying so.
                if (feedback && reader.TokenType == JsonTokenType.StartObject) state = state with { Finish = state.Finish ?? new Finish(FinishReason.ContentFilter) };
                reader.Skip();
            }
        }

        return state;
    }

    private static GeminiChunkState Content(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        var state = default(GeminiChunkState);
        while (reader.NextProperty())
        {
            var parts = reader.ValueTextEquals("parts"u8);
            reader.Read();
            if (!parts || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                if (reader.TokenType == JsonTokenType.StartObject) state = Part(ref reader, state);
                else reader.Skip();
            }
        }

        return state;
    }

    private static GeminiChunkState Part(ref Utf8TokenReader reader, GeminiChunkState state)
    {
        while (reader.NextProperty())
        {
            var text = reader.ValueTextEquals("text"u8);
            var thought = reader.ValueTextEquals("thought"u8);
            var call = reader.Is("functionCall"u8);
            reader.Read();
            if (text ? reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty : !thought && reader.TokenType != JsonTokenType.Null) state = state with { HasContent = true };
            if (call) state = Call(ref reader, state);
            else reader.Skip();
        }

        return state;
    }

    private static GeminiChunkState Call(ref Utf8TokenReader reader, GeminiChunkState state)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return state with { Calls = true };
        }

        var (named, goesOn) = (false, false);
        while (reader.NextProperty())
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isMore = reader.ValueTextEquals("willContinue"u8);
            reader.Read();
            named |= isName && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
            goesOn |= isMore && reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }

        return state with
        {
            Calls = true,
            BeginsCall = state.Calls ? state.BeginsCall : named,
            TearsCall = state.TearsCall || (named && state.CallGoesOn),
            CallGoesOn = goesOn,
        };
    }
}
