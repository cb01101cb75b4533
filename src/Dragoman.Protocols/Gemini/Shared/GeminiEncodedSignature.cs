using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>
/// How the reasoning of another family travels through a Gemini client, whose SDKs keep <c>thoughtSignature</c> as bytes: wrapped in
/// base64 with a line in front that tells whose it is, so that it reaches its own family again and no other.
/// </summary>
internal static class GeminiEncodedSignature
{
    // Eighteen bytes: a multiple of three, so that the base64 of it is a prefix of the base64 of the whole.
    private const string Mark = "dragoman/signed/1\n";
    private static readonly string Prefix = Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark));

    /// <summary>The signature as a Gemini client shall keep it.</summary>
    public static JsonText Pack(JsonText signature, SignatureFamily family, bool redacted, string? id)
    {
        if (family is not (SignatureFamily.Claude or SignatureFamily.OpenAi)) return signature;
        var head = $"{Mark}{(family == SignatureFamily.Claude ? 'c' : 'o')}{(redacted ? 'r' : '-')}{id}\n";
        return JsonText.From(Convert.ToBase64String(Encoding.UTF8.GetBytes(head + signature)));
    }

    /// <summary>The reasoning as it was before <see cref="Pack"/>; any other signature is Gemini's own.</summary>
    public static ReasoningBlock Unpack(JsonText text, JsonText signature)
    {
        if (signature.IsEmpty || !signature.ToUtf8().Span.StartsWith(Encoding.UTF8.GetBytes(Prefix)))
        {
            return new() { Text = text, Signature = signature, Family = signature.IsEmpty ? SignatureFamily.Unknown : SignatureFamily.Gemini };
        }

        string whole;
        try
        {
            whole = Encoding.UTF8.GetString(Convert.FromBase64String(signature.ToString()));
        }
        catch (FormatException)
        {
            return new() { Text = text };
        }

        var head = whole.AsSpan(Mark.Length);
        var end = head.IndexOf('\n');
        if (end < 2) return new() { Text = text };
        return new()
        {
            Text = text,
            Signature = JsonText.From(head[(end + 1)..].ToString()),
            Family = head[0] == 'c' ? SignatureFamily.Claude : SignatureFamily.OpenAi,
            IsRedacted = head[1] == 'r',
            Id = end > 2 ? head[2..end].ToString() : null,
        };
    }
}
