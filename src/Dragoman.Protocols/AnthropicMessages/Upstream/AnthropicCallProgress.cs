using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>
/// The calls of Messages: a block's <c>input_json_delta</c>s up to its <c>content_block_stop</c>. Clients take a call for whole when its block stops, so
/// the stop of a torn one is held back until <c>message_delta</c> says why the answer ended.
/// </summary>
internal sealed class AnthropicCallProgress : ToolCallProgress
{
    /// <inheritdoc/>
    protected override CallState Read(ReadOnlySpan<byte> data)
    {
        if (State == CallState.Torn || !(HasCalls || State == CallState.Doubtful || data.IndexOf("\"input_json_delta\""u8) >= 0)) return State;
        var skim = new TopLevelJsonScanner(data);
        ReadOnlySpan<byte> type = default, delta = default;
        var index = 0;
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("type"u8)) type = TextOf(skim.Value);
            else if (skim.Name.SequenceEqual("delta"u8)) delta = skim.Value;
            else if (skim.Name.SequenceEqual("index"u8) && Utf8Parser.TryParse(skim.Value, out int number, out _)) index = number;
        }

        if (type.SequenceEqual("content_block_start"u8)) return State == CallState.Doubtful || Settle(index) ? CallState.Torn : State;
        if (type.SequenceEqual("content_block_delta"u8))
        {
            // What goes on behind a torn call was not cut off there.
            if (State == CallState.Doubtful) return CallState.Torn;
            var piece = TextOf(delta, "partial_json"u8);
            if (!piece.IsEmpty) Find(index).Add(piece);
            return State;
        }

        if (type.SequenceEqual("content_block_stop"u8)) return Settle(index) ? CallState.Doubtful : State;
        if (type.SequenceEqual("message_delta"u8))
        {
            var reason = TextOf(delta, "stop_reason"u8);
            return reason.IsEmpty ? State : End(AnthropicUpstream.IsTruncation(reason));
        }

        return type.SequenceEqual("message_stop"u8) ? End(cut: false) : State;
    }

    /// <inheritdoc/>
    protected override bool ReadWhole(ReadOnlySpan<byte> body)
    {
        // A whole call's input is an object, and so whole itself; only servers that imitate the protocol give its text.
        if (body.IndexOf("\"tool_use\""u8) < 0) return false;
        var skim = new TopLevelJsonScanner(body);
        var (torn, cut) = (false, false);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("content"u8)) torn = AnyTorn(skim.Value);
            else if (skim.Name.SequenceEqual("stop_reason"u8) && TextOf(skim.Value) is { IsEmpty: false } reason) cut = AnthropicUpstream.IsTruncation(reason);
        }

        return torn && !cut;
    }

    private CallState End(bool cut)
    {
        var torn = SettleAll() || State == CallState.Doubtful;
        return torn && !cut ? CallState.Torn : CallState.Sound;
    }

    private static bool AnyTorn(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8TokenReader(content, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextProperty())
            {
                var isInput = reader.ValueTextEquals("input"u8);
                reader.Read();
                if (isInput && reader.TokenType == JsonTokenType.String && EndsInterrupted(reader.ValueSpan)) return true;
                reader.Skip();
            }
        }

        return false;
    }
}
