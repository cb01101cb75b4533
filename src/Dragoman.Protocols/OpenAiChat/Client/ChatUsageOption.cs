using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Asks for usage in a stream (<c>stream_options.include_usage</c>), for a client that did not ask for it itself.</summary>
internal static class ChatUsageOption
{
    /// <summary>Whether the gateway has to ask, and to keep the usage chunk from the client (<see cref="ChatUsageChunkFilter"/>).</summary>
    public static bool IsMissing(bool stream, bool includesUsage) => stream && !includesUsage;

    /// <summary>Adds the option to a body.</summary>
    public static void Add(in PassthroughBody body, ref BodyEdits edits)
    {
        var bytes = body.Bytes;
        var options = body.StreamOptions;
        if (options.Equals(default))
        {
            var end = bytes.LastIndexOf((byte)'}');
            edits.Add(end..end, ",\"stream_options\":{\"include_usage\":true}"u8.ToArray());
            return;
        }

        var value = bytes[options];
        if (value[0] != (byte)'{')
        {
            edits.Add(options, "{\"include_usage\":true}"u8.ToArray());
            return;
        }

        // A repeated name is settled by its last value in every parser an upstream is likely to use; ours comes last.
        var close = options.Start.Value + value.LastIndexOf((byte)'}');
        var empty = bytes[(options.Start.Value + 1)..close].IndexOfAnyExcept(" \t\r\n"u8) < 0;
        edits.Add(close..close, empty ? "\"include_usage\":true"u8.ToArray() : ",\"include_usage\":true"u8.ToArray());
    }
}
