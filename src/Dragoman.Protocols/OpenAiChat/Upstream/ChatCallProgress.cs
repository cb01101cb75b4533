using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// The calls of Chat: pieces with numbers, and an end for each of several answers. A client runs them when the end has come, so nothing has to be held back.
/// </summary>
internal sealed class ChatCallProgress : ToolCallProgress
{
    /// <summary>The number of the one call that the protocol had before it knew of several (<c>function_call</c>).</summary>
    private const int OnlyCall = -1;

    /// <inheritdoc/>
    protected override CallState Read(ReadOnlySpan<byte> data)
    {
        if (State == CallState.Torn || !(SpeaksOfCalls(data) || (HasCalls && data.IndexOf("\"finish_reason\""u8) >= 0))) return State;
        return Tears(data) ? CallState.Torn : CallState.Sound;
    }

    /// <inheritdoc/>
    protected override bool ReadWhole(ReadOnlySpan<byte> body) => SpeaksOfCalls(body) && Tears(body);

    private static bool SpeaksOfCalls(ReadOnlySpan<byte> data) => data.IndexOf("\"tool_calls\""u8) >= 0 || data.IndexOf("\"function_call\""u8) >= 0;

    private bool Tears(ReadOnlySpan<byte> data)
    {
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual("choices"u8)) continue;
            var reader = new Utf8TokenReader(skim.Value, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
                else if (ReadChoice(ref reader)) return true;
            }
        }

        return false;
    }

    private bool ReadChoice(ref Utf8TokenReader reader)
    {
        // The choice's number may stand behind its delta.
        var ahead = reader;
        var choice = NumberOf(ref ahead) ?? 0;
        var (ends, cut) = (false, false);
        while (reader.NextProperty())
        {
            var isMessage = reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8);
            var isReason = reader.ValueTextEquals("finish_reason"u8);
            reader.Read();
            if (isMessage && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMessage(ref reader, choice);
            }
            else if (isReason && reader.TokenType == JsonTokenType.String)
            {
                ends = !reader.ValueSpan.IsEmpty;
                cut = ends && ChatUpstream.IsTruncation(reader.ValueSpan);
            }
            else
            {
                reader.Skip();
            }
        }

        return ends && SettleAll(choice) && !cut;
    }

    private void ReadMessage(ref Utf8TokenReader reader, int choice)
    {
        while (reader.NextProperty())
        {
            var calls = reader.ValueTextEquals("tool_calls"u8);
            var only = reader.ValueTextEquals("function_call"u8);
            reader.Read();
            if (only && reader.TokenType == JsonTokenType.StartObject)
            {
                Find(NumberOf(choice, OnlyCall)).Add(ReadArguments(ref reader));
            }
            else if (calls && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.NextElement())
                {
                    if (reader.TokenType == JsonTokenType.StartObject) ReadCall(ref reader, choice);
                    else reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadCall(ref Utf8TokenReader reader, int choice)
    {
        var ahead = reader;
        var number = NumberOf(ref ahead) ?? 0;
        var id = default(ReadOnlySpan<byte>);
        var arguments = default(ReadOnlySpan<byte>);
        while (reader.NextProperty())
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isFunction = reader.ValueTextEquals("function"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String) id = reader.ValueSpan;
            else if (isFunction && reader.TokenType == JsonTokenType.StartObject) arguments = ReadArguments(ref reader);
            else reader.Skip();
        }

        ref var call = ref Find(NumberOf(choice, number));
        call.Identify(id);
        call.Add(arguments);
    }

    private static ReadOnlySpan<byte> ReadArguments(scoped ref Utf8TokenReader reader)
    {
        var arguments = default(ReadOnlySpan<byte>);
        while (reader.NextProperty())
        {
            var isArguments = reader.ValueTextEquals("arguments"u8);
            reader.Read();
            if (isArguments && reader.TokenType == JsonTokenType.String) arguments = reader.ValueSpan;
            else reader.Skip();
        }

        return arguments;
    }

    private static long NumberOf(int choice, int call) => ((long)choice << 32) | (uint)call;

    private static int? NumberOf(ref Utf8TokenReader reader)
    {
        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals("index"u8);
            reader.Read();
            if (hit) return reader.Int32OrNull();
            reader.Skip();
        }

        return null;
    }
}
