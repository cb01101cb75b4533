using System.Buffers.Text;
using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// Carries a summary that this gateway made of a conversation in the <c>encrypted_content</c> of a <c>compaction</c> item, whose content
/// clients take for opaque: <c>dragoman1.compaction.&lt;base64url&gt;</c>. The reader of requests opens it into text again, for any upstream.
/// </summary>
public static class ResponsesCompactionEnvelope
{
    private const string Field = "compaction";
    private static readonly OpaqueEnvelope Envelope = new('.');

    /// <summary>The content for a compaction item.</summary>
    public static string Encode(string summary) => Encoding.ASCII.GetString(Envelope.Wrap(Field, Base64Url.EncodeToUtf8(Encoding.UTF8.GetBytes(summary))));

    /// <summary>The text of an item's content; empty where it is not of our making.</summary>
    internal static JsonText Open(JsonText sealedText)
    {
        var span = sealedText.ToUtf8().Span;
        if (!Envelope.Is(span) || !span[OpaqueEnvelope.Start..].StartsWith("compaction."u8)) return default;
        var content = span[(OpaqueEnvelope.Start + Field.Length + 1)..];
        return Base64Url.IsValid(content) ? JsonText.FromUtf8(Base64Url.DecodeFromUtf8(content)) : default;
    }
}
