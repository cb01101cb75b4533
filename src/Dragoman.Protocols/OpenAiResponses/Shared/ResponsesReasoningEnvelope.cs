using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>
/// Carries the signature of any family of models in <c>encrypted_content</c>, the one place where Responses clients keep opaque reasoning
/// and bring it back: <c>dragoman1.&lt;family&gt;.&lt;signature&gt;</c>. OpenAI's own content travels bare, so that a client may take it
/// elsewhere.
/// </summary>
internal static class ResponsesReasoningEnvelope
{
    private static readonly OpaqueEnvelope Envelope = new('.');

    /// <summary>Whether a body holds content of ours anywhere; never false where it does.</summary>
    public static bool IsIn(ReadOnlySpan<byte> body) => Envelope.IsIn(body);

    /// <summary>The content for a reasoning item.</summary>
    public static JsonText Wrap(SignatureFamily family, bool redacted, JsonText signature)
        => family == SignatureFamily.OpenAi && !redacted ? signature : With(Word(family) + (redacted ? "-redacted" : ""), signature);

    /// <summary>The content of an item that only carries the token of the block after it (Gemini's signatures on texts and calls).</summary>
    public static JsonText WrapPart(JsonText token) => With("part", token);

    /// <summary>Takes a client's content apart. Content without our mark is OpenAI's.</summary>
    public static JsonText Unwrap(JsonText content, out SignatureFamily family, out bool redacted, out bool part)
    {
        redacted = part = false;
        family = SignatureFamily.OpenAi;
        var bytes = content.ToUtf8();
        var span = bytes.Span;
        if (!Envelope.Is(span)) return content;
        var dot = span[OpaqueEnvelope.Start..].IndexOf((byte)'.');
        if (dot < 0) return content;
        var word = span.Slice(OpaqueEnvelope.Start, dot);
        part = word.SequenceEqual("part"u8);
        redacted = word.EndsWith("-redacted"u8);
        if (redacted) word = word[..^"-redacted".Length];
        family = word.SequenceEqual("claude"u8) ? SignatureFamily.Claude
            : word.SequenceEqual("gemini"u8) ? SignatureFamily.Gemini
            : word.SequenceEqual("openai"u8) ? SignatureFamily.OpenAi
            : word.SequenceEqual("other"u8) ? SignatureFamily.Other
            : SignatureFamily.Unknown;
        return JsonText.FromUtf8(bytes[(OpaqueEnvelope.Start + dot + 1)..]);
    }

    private static JsonText With(string word, JsonText signature) => JsonText.FromUtf8(Envelope.Wrap(word, signature.ToUtf8().Span));

    private static string Word(SignatureFamily family) => family switch
    {
        SignatureFamily.Claude => "claude",
        SignatureFamily.Gemini => "gemini",
        SignatureFamily.OpenAi => "openai",
        SignatureFamily.Other => "other",
        _ => "unknown",
    };
}
