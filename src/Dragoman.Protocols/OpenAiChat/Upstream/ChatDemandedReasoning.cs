using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// The reasoning of turns with calls, which DeepSeek, Moonshot and MiMo demand back while the model thinks ("The `reasoning_content` in the
/// thinking mode must be passed back to the API", "thinking is enabled but reasoning_content is missing in assistant tool call message"), behind
/// Anthropic's protocol as behind Chat's ("The `content[].thinking` in the thinking mode must be passed back to the API"). Few clients keep
/// it: in a body that passes through, a blank is put in where it is missing, and no other byte changes.
/// </summary>
public static class ChatDemandedReasoning
{
    /// <summary>The report on it.</summary>
    public static readonly Loss Loss = new(LossKind.Approximated, "messages[].reasoning_content", "the server demands the reasoning of every turn with calls; a blank stands for what is not known");

    /// <summary>Where in a body something has to be put in, and what; null where nothing is missing.</summary>
    /// <param name="protocol">The protocol of the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="messages">Where the value of its <c>messages</c> stands.</param>
    /// <param name="model">The model that is asked.</param>
    public static List<(Range Place, byte[] Bytes)>? Find(Protocol protocol, ReadOnlySpan<byte> body, Range messages, UpstreamModel model)
    {
        if (protocol is not (Protocol.OpenAiChat or Protocol.AnthropicMessages) || messages.Equals(default) || body[messages][0] != (byte)'[') return null;
        var dialect = new ChatDialect(model);
        if (dialect.DemandedReasoning is not { } blank) return null;
        if (body[messages].IndexOf(protocol == Protocol.OpenAiChat ? "\"tool_calls\""u8 : "\"tool_use\""u8) < 0) return null;
        try
        {
            if (!Thinks(body, dialect)) return null;
            return protocol == Protocol.OpenAiChat ? InChat(body, messages, dialect, blank) : InMessages(body, messages, blank);
        }
        catch (JsonException)
        {
            // What is no JSON passes as it is: it is the upstream's to refuse.
            return null;
        }
    }

    /// <summary>Adds what is missing to the changes of a body that passes.</summary>
    internal static void Add(Protocol protocol, in PassthroughBody body, ref BodyEdits edits)
    {
        if (!body.HasMessages || Find(protocol, body.Bytes, body.Turns, body.Model) is not { } reasoning) return;
        edits.Add(reasoning);
        edits.Report(Loss);
    }

    private static bool Thinks(ReadOnlySpan<byte> body, ChatDialect dialect)
    {
        bool? emitted = null;
        var reader = new Utf8TokenReader(body, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isThinking = reader.ValueTextEquals("thinking"u8);
            var isEffort = reader.ValueTextEquals("reasoning_effort"u8);
            var isSwitch = reader.ValueTextEquals("enable_thinking"u8);
            reader.Read();
            if (isThinking && reader.TokenType == JsonTokenType.StartObject) emitted = IsEnabled(ref reader) ?? emitted;
            else if (isEffort && reader.TokenType == JsonTokenType.String) emitted ??= !reader.ValueTextEquals("none"u8);
            else if (isSwitch && reader.TokenType is JsonTokenType.True or JsonTokenType.False) emitted ??= reader.TokenType == JsonTokenType.True;
            else reader.Skip();
        }

        return emitted ?? dialect.ThinksUnasked;
    }

    private static bool? IsEnabled(ref Utf8TokenReader reader)
    {
        bool? on = null;
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String) on = !reader.ValueTextEquals("disabled"u8);
            else reader.Skip();
        }

        return on;
    }

    private static List<(Range, byte[])>? InChat(ReadOnlySpan<byte> body, Range messages, ChatDialect dialect, string blank)
    {
        List<(Range, byte[])>? edits = null;
        var offset = messages.Start.Value;
        var reader = new Utf8TokenReader(body[messages], JsonReading.Options);
        reader.Read();
        var inRound = false;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var start = offset + (int)reader.TokenStartIndex + 1;
            var message = ReadChat(ref reader, offset);
            var isDemanded = message.IsAssistant && (message.HasCalls || (inRound && dialect.DemandsReasoningOfRounds));
            inRound = message.IsResult;
            if (!isDemanded || message.HasReasoning || (message.IsBlank && blank.Length == 0)) continue;
            // Some clients keep it under the name that other servers have for it.
            var words = message.Other.Equals(default) ? Quoted(blank) : body[message.Other].ToArray();
            if (!message.Place.Equals(default)) (edits ??= []).Add((message.Place, words));
            else (edits ??= []).Add((start..start, [.. "\"reasoning_content\":"u8, .. words, (byte)',']));
        }

        return edits;
    }

    private static ChatMessageFacts ReadChat(ref Utf8TokenReader reader, int offset)
    {
        var message = default(ChatMessageFacts);
        while (reader.NextProperty())
        {
            var isRole = reader.ValueTextEquals("role"u8);
            var isCalls = reader.ValueTextEquals("tool_calls"u8);
            var isReasoning = reader.ValueTextEquals("reasoning_content"u8);
            var isOther = reader.ValueTextEquals("reasoning"u8);
            reader.Read();
            if (isRole && reader.TokenType == JsonTokenType.String)
            {
                message.IsAssistant = reader.ValueTextEquals("assistant"u8);
                message.IsResult = reader.ValueTextEquals("tool"u8);
            }
            else if (isCalls && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.NextElement())
                {
                    message.HasCalls = true;
                    reader.Skip();
                }
            }
            else if (isReasoning && reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
            {
                message.Place = (offset + (int)reader.TokenStartIndex)..(offset + (int)reader.BytesConsumed);
                message.IsBlank = reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty;
                message.HasReasoning = reader.TokenType == JsonTokenType.String && !message.IsBlank;
            }
            else if (isOther && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
            {
                message.Other = (offset + (int)reader.TokenStartIndex)..(offset + (int)reader.BytesConsumed);
            }
            else
            {
                reader.Skip();
            }
        }

        return message;
    }

    private static List<(Range, byte[])>? InMessages(ReadOnlySpan<byte> body, Range messages, string blank)
    {
        List<(Range, byte[])>? edits = null;
        var offset = messages.Start.Value;
        var reader = new Utf8TokenReader(body[messages], JsonReading.Options);
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var (isAssistant, hasCalls, hasThinking, at) = (false, false, false, 0);
            while (reader.NextProperty())
            {
                var isRole = reader.ValueTextEquals("role"u8);
                var isContent = reader.ValueTextEquals("content"u8);
                reader.Read();
                if (isRole && reader.TokenType == JsonTokenType.String) isAssistant = reader.ValueTextEquals("assistant"u8);
                else if (isContent && reader.TokenType == JsonTokenType.StartArray)
                {
                    at = offset + (int)reader.BytesConsumed;
                    (hasCalls, hasThinking) = ReadBlocks(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            if (isAssistant && hasCalls && !hasThinking) (edits ??= []).Add((at..at, [.. "{\"type\":\"thinking\",\"thinking\":"u8, .. Quoted(blank), .. "},"u8]));
        }

        return edits;
    }

    private static (bool HasCalls, bool HasThinking) ReadBlocks(ref Utf8TokenReader reader)
    {
        var (calls, thinking) = (false, false);
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextProperty())
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                {
                    calls |= reader.ValueTextEquals("tool_use"u8);
                    thinking |= reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("redacted_thinking"u8);
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return (calls, thinking);
    }

    private static byte[] Quoted(string blank) => blank.Length == 0 ? [(byte)'"', (byte)'"'] : [(byte)'"', (byte)' ', (byte)'"'];

    private struct ChatMessageFacts
    {
        public bool IsAssistant;
        public bool IsResult;
        public bool HasCalls;
        public bool HasReasoning;
        public bool IsBlank;

        /// <summary>Where the value of <c>reasoning_content</c> stands.</summary>
        public Range Place;

        /// <summary>Where the value of <c>reasoning</c> stands.</summary>
        public Range Other;
    }
}
