using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Protocols.Json;

/// <summary>How every protocol writes JSON.</summary>
public static class JsonWriting
{
    [ThreadStatic] private static Utf8JsonWriter? _writer;

    /// <summary>Escapes only what JSON requires: bodies go to JSON parsers, never into HTML.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Writer options shared by all protocols; structure is the writers' own duty, so the writer does not check it again.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = Encoder, SkipValidation = true, MaxDepth = 1000 };

    /// <summary>
    /// Lends a writer over <paramref name="output"/>. Return it with <see cref="Return"/> when the value is complete; between the two no
    /// other writer may be rented on this thread by the same call chain without getting one of its own (it then does).
    /// </summary>
    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        var writer = _writer;
        if (writer is null) return new Utf8JsonWriter(output, Options);
        _writer = null;
        writer.Reset(output);
        return writer;
    }

    /// <summary>Flushes the writer's bytes into its output and takes the writer back.</summary>
    public static void Return(Utf8JsonWriter writer)
    {
        writer.Flush();
        _writer = writer;
    }
}
