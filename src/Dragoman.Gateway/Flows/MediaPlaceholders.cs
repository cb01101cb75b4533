using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Gateway.Flows;

/// <summary>Puts a mark with length and hash in the place of long base64: images, sounds and files are not what a flow is read for.</summary>
internal static class MediaPlaceholders
{
    /// <summary>Shorter runs are kept: signatures and encrypted reasoning are often that long.</summary>
    public const int Longest = 8 * 1024;

    private const int Step = Longest / 2;
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\\"u8);

    /// <summary>Writes the body in pieces to <paramref name="write"/>, with marks in the place of media.</summary>
    /// <returns>How many marks were set.</returns>
    public static int Write(ReadOnlySpan<byte> body, SpanAction write)
    {
        var marks = 0;
        var done = 0;
        for (var at = Step; at < body.Length; at += Step)
        {
            // A run that is long enough covers two probes in a row, wherever it begins.
            if (at < done || !Base64.Contains(body[at])) continue;
            var start = body[done..at].LastIndexOfAnyExcept(Base64) + 1 + done;
            var rest = body[at..].IndexOfAnyExcept(Base64);
            var end = rest < 0 ? body.Length : at + rest;
            if (end - start <= Longest) continue;
            write(body[done..start]);
            var run = body[start..end];
            write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[dragoman: {run.Length} characters of base64 left out, sha256 {Convert.ToHexStringLower(SHA256.HashData(run))[..16]}]")));
            marks++;
            done = end;
        }

        write(body[done..]);
        return marks;
    }

    /// <summary>Takes a piece.</summary>
    internal delegate void SpanAction(ReadOnlySpan<byte> piece);
}
