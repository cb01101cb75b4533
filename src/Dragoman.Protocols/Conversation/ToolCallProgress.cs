using System.Runtime.InteropServices;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>What the events so far mean for the tool calls of an answer that passes unread.</summary>
public enum CallState
{
    /// <summary>No call is known to be torn.</summary>
    Sound,

    /// <summary>A call was said to be done in the middle of its arguments. Only the reason of the answer's end tells whether the client may hear it.</summary>
    Doubtful,

    /// <summary>The answer goes on or ends as if its calls were whole, and one is not.</summary>
    Torn,
}

/// <summary>
/// How far the tool calls of a relayed answer have come. An answer that ends in the middle of a call's arguments, for a reason that says nothing of a
/// cut, is no answer whose calls may be run. Events that do not speak of calls are not parsed.
/// </summary>
public abstract class ToolCallProgress
{
    private readonly List<Call> _calls = [];

    /// <summary>What was found so far.</summary>
    public CallState State { get; private set; }

    /// <summary>Whether the arguments of any call have begun and are not settled.</summary>
    protected bool HasCalls => _calls.Count > 0;

    /// <summary>The error that stands for the end of an answer with a torn call.</summary>
    public static WireError Error { get; } = new(ErrorKind.Api, "The upstream ended the answer in the middle of a tool call's arguments.") { Status = 502, Code = "upstream_torn_tool_call" };

    /// <summary>Whether a whole answer has a torn call and does not say that it was cut off.</summary>
    public bool IsTorn(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadWhole(body);
        }
        catch (JsonException)
        {
            // What the client makes of it is not for us to say.
            return false;
        }
    }

    /// <summary>Looks at an event's data.</summary>
    public CallState Look(ReadOnlySpan<byte> data)
    {
        try
        {
            State = Read(data);
        }
        catch (JsonException)
        {
            // What the client makes of it is not for us to say.
        }

        return State;
    }

    /// <summary>Reads an event's data.</summary>
    protected abstract CallState Read(ReadOnlySpan<byte> data);

    /// <summary>Reads a whole answer; true where a call in it is torn.</summary>
    protected abstract bool ReadWhole(ReadOnlySpan<byte> body);

    /// <summary>Whether text, as it stands between the quotes of a JSON string, is interrupted in the middle of a JSON value.</summary>
    protected static bool EndsInterrupted(ReadOnlySpan<byte> escaped)
    {
        var progress = default(JsonProgress);
        progress.AddEscaped(escaped);
        return progress.IsOpen;
    }

    /// <summary>The text of a JSON string as it stands between its quotes; empty for any other value.</summary>
    protected static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> value) => value.Length > 1 && value[0] == (byte)'"' ? value[1..^1] : default;

    /// <summary>The text of a member of an object; empty where it is no text.</summary>
    protected static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => TopLevelJsonScanner.TextOf(json, name);

    /// <summary>A call whose arguments have begun, by the number that its pieces have.</summary>
    protected ref Call Find(long number)
    {
        var calls = CollectionsMarshal.AsSpan(_calls);
        for (var at = 0; at < calls.Length; at++)
        {
            if (calls[at].Number == number) return ref calls[at];
        }

        _calls.Add(new Call { Number = number });
        return ref CollectionsMarshal.AsSpan(_calls)[^1];
    }

    /// <summary>No more of a call comes; true where it is torn.</summary>
    protected bool Settle(long number)
    {
        var calls = CollectionsMarshal.AsSpan(_calls);
        for (var at = 0; at < calls.Length; at++)
        {
            if (calls[at].Number != number) continue;
            var torn = calls[at].IsTorn;
            _calls.RemoveAt(at);
            return torn;
        }

        return false;
    }

    /// <summary>No more of any call comes; true where one is torn. Numbers may share an upper half that tells one answer of several.</summary>
    protected bool SettleAll(int? upper = null)
    {
        var torn = false;
        for (var at = _calls.Count - 1; at >= 0; at--)
        {
            if (upper is { } one && (int)(_calls[at].Number >> 32) != one) continue;
            torn |= _calls[at].IsTorn;
            _calls.RemoveAt(at);
        }

        return torn;
    }

    /// <summary>The arguments of a call so far.</summary>
    protected struct Call
    {
        private JsonProgress _progress;
        private ulong _id;
        private bool _leftOpen;

        /// <summary>The number that its pieces have.</summary>
        public long Number { get; init; }

        /// <summary>Whether its arguments break off where they are now, or those of a call before it under the same number did.</summary>
        public readonly bool IsTorn => _leftOpen || _progress.IsOpen;

        /// <summary>Takes the next piece of the arguments, as it stands between the quotes of a JSON string.</summary>
        public void Add(ReadOnlySpan<byte> escaped) => _progress.AddEscaped(escaped);

        /// <summary>The id that a piece names. Some servers give every whole call the same number: another id is another call.</summary>
        public void Identify(ReadOnlySpan<byte> id)
        {
            var hash = default(WhitespaceInsensitiveHash);
            hash.Add(id);
            if (hash.IsEmpty) return;
            if (_id != 0 && _id != hash.Value)
            {
                _leftOpen |= _progress.IsOpen;
                _progress = default;
            }

            _id = hash.Value;
        }
    }
}
