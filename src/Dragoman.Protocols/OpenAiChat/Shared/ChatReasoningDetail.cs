using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>One entry of OpenRouter's <c>reasoning_details</c>.</summary>
internal struct ChatReasoningDetail
{
    public string? Type;
    public string? Id;
    public string? Format;
    public int? Index;
    public JsonText Text;
    public JsonText Signature;

    /// <summary>Whether the entry holds only an opaque token (<c>reasoning.encrypted</c>).</summary>
    public readonly bool IsEncrypted => Type == "reasoning.encrypted";

    /// <summary>Whether the text is a summary.</summary>
    public readonly bool IsSummary => Type == "reasoning.summary";

    /// <summary>Whose token it is, told by the entry's format.</summary>
    public readonly SignatureFamily Family => FamilyOf(Format);

    /// <summary>Anthropic's redacted thinking travels as an encrypted entry of Anthropic's format.</summary>
    public readonly bool IsRedacted => IsEncrypted && Family == SignatureFamily.Claude;

    public static SignatureFamily FamilyOf(string? format)
    {
        if (format is null) return SignatureFamily.Unknown;
        if (format.StartsWith("anthropic", StringComparison.Ordinal)) return SignatureFamily.Claude;
        if (format.StartsWith("google", StringComparison.Ordinal)) return SignatureFamily.Gemini;
        if (format.StartsWith("openai", StringComparison.Ordinal)) return SignatureFamily.OpenAi;
        return format.StartsWith("unknown", StringComparison.Ordinal) ? SignatureFamily.Unknown : SignatureFamily.Other;
    }

    public static string? FormatOf(SignatureFamily family) => family switch
    {
        SignatureFamily.Claude => "anthropic-claude-v1",
        SignatureFamily.Gemini => "google-gemini-v1",
        SignatureFamily.OpenAi => "openai-responses-v1",
        _ => null,
    };

    public static ChatReasoningDetail Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var detail = default(ChatReasoningDetail);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return detail;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) detail.Type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("id"u8)) detail.Id = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("format"u8)) detail.Format = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                detail.Index = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("summary"u8)) detail.Text = ChatJson.Text(ref reader, source);
            else if (reader.ValueTextEquals("signature"u8) || reader.ValueTextEquals("data"u8))
            {
                var token = ChatJson.Text(ref reader, source);
                if (!token.IsEmpty) detail.Signature = token;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return detail;
    }

    /// <summary>
    /// Reads the entries that a client echoes. Clients that gather a stream's entries as they came hold one block in many pieces; pieces of one
    /// index are put together again.
    /// </summary>
    public static List<ReasoningBlock> ReadBlocks(JsonSlice details)
    {
        var blocks = new List<ReasoningBlock>();
        if (!details.IsArray) return blocks;
        var pieces = new List<ChatReasoningDetail>();
        var reader = details.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var detail = Read(ref reader, details.Bytes);
            if (detail.Text.IsEmpty && detail.Signature.IsEmpty) continue;
            if (pieces.Count > 0 && !Continues(pieces, detail)) Flush(pieces, blocks);
            pieces.Add(detail);
        }

        Flush(pieces, blocks);
        return blocks;
    }

    private static bool Continues(List<ChatReasoningDetail> pieces, in ChatReasoningDetail detail)
    {
        var last = pieces[^1];
        if (last.IsRedacted || detail.IsRedacted) return false;
        // A signature ends its block, even where entries have no index.
        if (pieces.Exists(piece => !piece.Signature.IsEmpty)) return last.Index is not null && last.Index == detail.Index && detail.Text.IsEmpty;
        return last.Index == detail.Index || (detail.IsEncrypted && (detail.Id is null || detail.Id == last.Id));
    }

    private static void Flush(List<ChatReasoningDetail> pieces, List<ReasoningBlock> blocks)
    {
        if (pieces.Count == 0) return;
        var first = pieces[0];
        blocks.Add(new ReasoningBlock
        {
            Text = Join(pieces, static piece => piece.Text),
            Signature = Join(pieces, static piece => piece.Signature),
            IsSummary = first.IsSummary,
            IsRedacted = first.IsRedacted,
            Id = first.Id ?? pieces[^1].Id,
            Family = first.Family != SignatureFamily.Unknown ? first.Family : pieces[^1].Family,
        });
        pieces.Clear();
    }

    private static JsonText Join(List<ChatReasoningDetail> pieces, Func<ChatReasoningDetail, JsonText> part)
    {
        var only = default(JsonText);
        var count = 0;
        foreach (var piece in pieces)
        {
            var text = part(piece);
            if (text.IsEmpty) continue;
            only = text;
            count++;
        }

        if (count <= 1) return only;
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var piece in pieces) part(piece).AppendEscaped(bytes);
        return JsonText.FromEscaped(bytes.WrittenMemory);
    }
}
