using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Dragoman.Server.Surfaces.CliProxy.Resp;

/// <summary>
/// Reads commands of the Redis protocol (RESP, redis.io/docs/latest/develop/reference/protocol-spec): arrays of bulk strings, and lines of words as one types them. What is not whole yet is left;
/// what cannot be one is a fault.
/// </summary>
internal static class RespReader
{
    private const int MostWords = 64;
    private const int LongestWord = 64 * 1024;
    private const int LongestLine = 64 * 1024;

    /// <summary>Reads one command.</summary>
    /// <param name="buffer">What has come; behind it the rest.</param>
    /// <param name="words">The command and its arguments; empty for an empty line.</param>
    /// <returns>Whether one was there.</returns>
    /// <exception cref="FormatException">It is not RESP, or larger than a command may be.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out IReadOnlyList<string> words)
    {
        words = [];
        var reader = new SequenceReader<byte>(buffer);
        if (!TryReadLine(ref reader, out var line)) return false;
        if (line.Length == 0 || line[0] != (byte)'*')
        {
            words = Encoding.UTF8.GetString(line).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Count > MostWords) throw new FormatException("too many arguments");
            buffer = buffer.Slice(reader.Position);
            return true;
        }

        var count = NumberOf(line.AsSpan(1), "multibulk length", MostWords);
        var read = new List<string>(Math.Max(count, 0));
        for (var index = 0; index < count; index++)
        {
            if (!TryReadLine(ref reader, out var head)) return false;
            if (head is not [(byte)'$', ..]) throw new FormatException("expected '$'");
            var length = NumberOf(head.AsSpan(1), "bulk length", LongestWord);
            if (length < 0) throw new FormatException("invalid bulk length");
            if (reader.Remaining < length + 2) return false;
            var word = reader.UnreadSequence.Slice(0, length);
            read.Add(Encoding.UTF8.GetString(word));
            reader.Advance(length);
            if (!reader.IsNext("\r\n"u8, advancePast: true)) throw new FormatException("expected CRLF");
        }

        words = read;
        buffer = buffer.Slice(reader.Position);
        return true;
    }

    private static bool TryReadLine(ref SequenceReader<byte> reader, out byte[] line)
    {
        line = [];
        if (!reader.TryReadTo(out ReadOnlySequence<byte> read, (byte)'\n'))
        {
            if (reader.Remaining > LongestLine) throw new FormatException("too big inline request");
            return false;
        }

        if (read.Length > LongestLine) throw new FormatException("too big inline request");
        line = read.ToArray();
        if (line is [.., (byte)'\r']) line = line[..^1];
        return true;
    }

    private static int NumberOf(ReadOnlySpan<byte> text, string what, int most)
        => Utf8Parser.TryParse(text, out int number, out var used) && used == text.Length && number <= most && number >= -1 ? number : throw new FormatException($"invalid {what}");
}
