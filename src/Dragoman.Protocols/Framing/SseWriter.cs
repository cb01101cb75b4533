using System.Buffers;
using System.Text.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>Writes server-sent events. JSON written by <see cref="Utf8JsonWriter"/> has no line breaks, so one data line is enough.</summary>
public static class SseWriter
{
    /// <summary>A comment that every client passes over: keeps a silent connection open.</summary>
    public static ReadOnlySpan<byte> KeepAlive => ": keep-alive\n\n"u8;

    /// <summary>Begins an event with a name; write its JSON next, then <see cref="End"/>.</summary>
    public static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
    }

    /// <summary>Begins an event without a name.</summary>
    public static void Begin(IBufferWriter<byte> output) => output.Write("data: "u8);

    /// <summary>Ends an event.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
