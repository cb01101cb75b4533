using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Flows;

/// <summary>Takes secrets out of a body: those that are known by their value, in the spellings JSON gives them, and what looks like a key.</summary>
internal sealed class SecretRedactor
{
    private const int Shortest = 6;
    private readonly byte[][] _known;

    public SecretRedactor(IReadOnlyCollection<string> secrets)
        => _known = [.. secrets.Where(secret => secret.Length >= Shortest).SelectMany(Spellings).Distinct().OrderByDescending(secret => secret.Length).Select(Encoding.UTF8.GetBytes)];

    /// <summary>The body without secrets; the same array where it holds none.</summary>
    public byte[] Apply(byte[] body, out bool masked)
    {
        masked = false;
        foreach (var secret in _known)
        {
            if (body.AsSpan().IndexOf(secret) < 0) continue;
            body = Without(body, secret);
            masked = true;
        }

        // Latin-1 gives every byte a character and takes it back unchanged.
        var text = Encoding.Latin1.GetString(body);
        string clean;
        try
        {
            clean = SecretPatterns.RedactBody(text);
        }
        catch (RegexMatchTimeoutException)
        {
            clean = "[dragoman: left out, because it could not be searched for secrets in time]";
        }

        if (ReferenceEquals(clean, text)) return body;
        masked = true;
        return Encoding.Latin1.GetBytes(clean);
    }

    private static IEnumerable<string> Spellings(string secret)
    {
        yield return secret;
        yield return secret.Replace("/", "\\/", StringComparison.Ordinal);
        yield return JavaScriptEncoder.Default.Encode(secret);
        yield return JavaScriptEncoder.Default.Encode(secret).Replace("/", "\\/", StringComparison.Ordinal);
    }

    private static byte[] Without(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret)
    {
        using var clean = new MemoryStream(body.Length);
        int at;
        while ((at = body.IndexOf(secret)) >= 0)
        {
            clean.Write(body[..at]);
            clean.Write("[redacted]"u8);
            body = body[(at + secret.Length)..];
        }

        clean.Write(body);
        return clean.ToArray();
    }
}
