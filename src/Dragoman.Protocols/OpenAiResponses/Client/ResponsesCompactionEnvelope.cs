using System.Buffers.Text;
using System.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// Carries a summary that this gateway made of a conversation in the <c>encrypted_content</c> of a <c>compaction</c> item, whose content
/// clients take for opaque: <c>dragoman1.compaction.&lt;base64url&gt;</c>. The reader of requests opens it into text again, for any upstream.
/// </summary>
public static class ResponsesCompactionEnvelope
{
    private const string Mark = "dragoman1.compaction.";

    /// <summary>The content for a compaction item.</summary>
    public static string Seal(string summary) => Mark + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(summary));

    /// <summary>The text of an item's content; empty where it is not of our making.</summary>
    internal static JsonText Open(JsonText content)
    {
        var span = content.ToUtf8().Span;
        if (!span.StartsWith("dragoman1.compaction."u8) || !Base64Url.IsValid(span[Mark.Length..])) return default;
        return JsonText.FromUtf8(Base64Url.DecodeFromUtf8(span[Mark.Length..]));
    }
}
