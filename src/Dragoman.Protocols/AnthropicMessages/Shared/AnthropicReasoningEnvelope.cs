using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// The signature that Messages clients are shown for reasoning that Claude did not sign: it says openly whose reasoning it is and carries
/// that family's own signature, so that the next turn can give it back to that family and to no other.
/// </summary>
/// <remarks>Shape: <c>dragoman1:{family}{s for a summary}:{item id}:{foreign signature}</c>.</remarks>
internal static class AnthropicReasoningEnvelope
{
    private static readonly OpaqueEnvelope Envelope = new(':');

    /// <summary>Whether a body brings one back.</summary>
    public static bool IsIn(ReadOnlySpan<byte> body) => Envelope.IsIn(body);

    /// <summary>The envelope around a foreign signature given as the escaped bytes of a JSON string; the result is escaped likewise.</summary>
    public static JsonText Wrap(SignatureFamily family, BlockStart opening, ReadOnlySpan<byte> escapedSignature)
        => Wrap(family, opening.IsSummary, opening.Id, escapedSignature);

    /// <summary>The envelope around the signature of a whole block.</summary>
    public static JsonText Wrap(SignatureFamily family, ReasoningBlock block)
    {
        using var buffer = new PooledBuffer(block.Signature.Length + 16);
        block.Signature.AppendEscaped(buffer);
        return Wrap(family, block.IsSummary, block.Id, buffer.WrittenSpan);
    }

    /// <summary>Reads a thinking block's signature: what was wrapped comes out, Claude's own stays.</summary>
    public static ReasoningBlock Read(JsonText text, JsonText signature)
    {
        if (signature.IsEmpty) return new ReasoningBlock { Text = text };
        var bytes = signature.ToUtf8();
        var span = bytes.Span;
        if (!Envelope.Is(span))
        {
            // A Fernet token is what OpenAI's encrypted reasoning is; other gateways show it bare.
            var family = span.StartsWith("gAAAA"u8) ? SignatureFamily.OpenAi : SignatureFamily.Claude;
            return new ReasoningBlock { Text = text, Signature = signature, Family = family };
        }

        var rest = span[OpaqueEnvelope.Start..];
        var colon = rest.IndexOf((byte)':');
        var second = colon < 0 ? -1 : rest[(colon + 1)..].IndexOf((byte)':');
        if (colon < 1 || second < 0) return new ReasoningBlock { Text = text, Family = SignatureFamily.Other };
        var id = rest.Slice(colon + 1, second);
        var at = OpaqueEnvelope.Start + colon + second + 2;
        return new ReasoningBlock
        {
            Text = text,
            Signature = at == bytes.Length ? default : JsonText.FromUtf8(bytes[at..]),
            Family = rest[0] switch
            {
                (byte)'c' => SignatureFamily.Claude,
                (byte)'g' => SignatureFamily.Gemini,
                (byte)'o' => SignatureFamily.OpenAi,
                (byte)'u' => SignatureFamily.Unknown,
                _ => SignatureFamily.Other,
            },
            IsSummary = colon > 1 && rest[1] == (byte)'s',
            Id = id.IsEmpty ? null : Encoding.UTF8.GetString(id),
        };
    }

    private static JsonText Wrap(SignatureFamily family, bool summary, string? id, ReadOnlySpan<byte> escapedSignature)
    {
        var letter = family switch
        {
            SignatureFamily.Claude => 'c',
            SignatureFamily.Gemini => 'g',
            SignatureFamily.OpenAi => 'o',
            SignatureFamily.Other => 'x',
            _ => 'u',
        };
        // An id that could not be told from its neighbours, or would need escaping, is not worth carrying.
        var plainId = id is not null && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? id : "";
        return JsonText.FromEscaped(Envelope.Wrap($"{letter}{(summary ? "s" : "")}:{plainId}", escapedSignature));
    }
}
