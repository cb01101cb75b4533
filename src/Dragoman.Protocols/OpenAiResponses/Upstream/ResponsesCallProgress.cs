using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// The calls of Responses. Their whole arguments come with the events that say a call is done, on which clients run it (Codex at
/// <c>response.output_item.done</c>, whatever the item's status): those of a torn call are held back until the response ends, and passed on where it
/// ends as incomplete.
/// </summary>
internal sealed class ResponsesCallProgress : ToolCallProgress
{
    /// <inheritdoc/>
    protected override CallState Read(ReadOnlySpan<byte> data)
    {
        var pending = HasCalls || State == CallState.Doubtful;
        if (State == CallState.Torn || !(pending || data.IndexOf("function_call"u8) >= 0)) return State;
        // Some servers end with Chat's mark alone.
        if (data.StartsWith("[DONE]"u8)) return End();
        var skim = new TopLevelJsonScanner(data);
        ReadOnlySpan<byte> type = default, delta = default, arguments = default, item = default, response = default;
        var index = 0;
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("type"u8)) type = TextOf(skim.Value);
            else if (skim.Name.SequenceEqual("delta"u8)) delta = TextOf(skim.Value);
            else if (skim.Name.SequenceEqual("arguments"u8)) arguments = TextOf(skim.Value);
            else if (skim.Name.SequenceEqual("item"u8)) item = skim.Value;
            else if (skim.Name.SequenceEqual("response"u8)) response = skim.Value;
            else if (skim.Name.SequenceEqual("output_index"u8) && Utf8Parser.TryParse(skim.Value, out int number, out _)) index = number;
        }

        if (type.SequenceEqual("response.function_call_arguments.delta"u8))
        {
            // What goes on behind a torn call was not cut off there.
            if (State == CallState.Doubtful) return CallState.Torn;
            if (!delta.IsEmpty) Find(index).Add(delta);
            return State;
        }

        if (type.SequenceEqual("response.output_item.added"u8)) return State == CallState.Doubtful ? CallState.Torn : State;
        if (type.SequenceEqual("response.function_call_arguments.done"u8)) return Done(index, arguments);
        if (type.SequenceEqual("response.output_item.done"u8)) return IsCall(item) ? Done(index, TextOf(item, "arguments"u8)) : State;
        if (type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.done"u8))
        {
            if (TextOf(response, "status"u8).SequenceEqual("incomplete"u8)) return Cut();
            return End() == CallState.Torn || AnyTorn(response) ? CallState.Torn : CallState.Sound;
        }

        return type.SequenceEqual("response.incomplete"u8) ? Cut() : State;
    }

    /// <inheritdoc/>
    protected override bool ReadWhole(ReadOnlySpan<byte> body)
        => body.IndexOf("\"function_call\""u8) >= 0 && AnyTorn(body) && !TextOf(body, "status"u8).SequenceEqual("incomplete"u8);

    private static bool IsCall(ReadOnlySpan<byte> item) => TextOf(item, "type"u8).SequenceEqual("function_call"u8);

    private CallState Done(int index, ReadOnlySpan<byte> arguments)
    {
        var torn = Settle(index);
        return (arguments.IsEmpty ? torn : EndsInterrupted(arguments)) ? CallState.Doubtful : State;
    }

    private CallState End() => SettleAll() || State == CallState.Doubtful ? CallState.Torn : State;

    private CallState Cut()
    {
        SettleAll();
        return CallState.Sound;
    }

    private static bool AnyTorn(ReadOnlySpan<byte> response)
    {
        var skim = new TopLevelJsonScanner(response);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual("output"u8)) continue;
            var reader = new Utf8TokenReader(skim.Value, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
                else if (IsTornCall(ref reader)) return true;
            }
        }

        return false;
    }

    private static bool IsTornCall(ref Utf8TokenReader reader)
    {
        var (call, torn) = (false, false);
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isArguments = reader.ValueTextEquals("arguments"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String) call = reader.ValueTextEquals("function_call"u8);
            else if (isArguments && reader.TokenType == JsonTokenType.String) torn = EndsInterrupted(reader.ValueSpan);
            else reader.Skip();
        }

        return call && torn;
    }
}
