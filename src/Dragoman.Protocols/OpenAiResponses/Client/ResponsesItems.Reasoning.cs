using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <content>Reasoning: readable text as a summary (or as content, from an upstream that says so itself), signatures in an envelope.</content>
internal sealed partial class ResponsesItems
{
    private readonly PooledBuffer _signature = new();
    private bool _asContent;
    private bool _anyReasoning;

    /// <summary>More readable reasoning.</summary>
    public void AddReasoning(JsonText text)
    {
        if (_kind != Kind.Reasoning) return;
        if (!_anyReasoning)
        {
            _anyReasoning = true;
            if (!_asContent) WriteSummaryPart("response.reasoning_summary_part.added"u8);
        }

        text.AppendEscaped(_text);
        if (BeginReasoningEvent(_asContent ? "response.reasoning_text.delta"u8 : "response.reasoning_summary_text.delta"u8) is not { } json) return;
        text.WriteTo(json, "delta"u8);
        events.End(json);
    }

    /// <summary>A piece of the signature.</summary>
    public void AddSignature(JsonText text) => text.AppendUtf8(_signature);

    private void OpenReasoning(BlockStart opening)
    {
        _kind = Kind.Reasoning;
        _text.Clear();
        _signature.Clear();
        _anyReasoning = false;
        // Only an upstream of this protocol tells a summary from the reasoning itself (its items have ids); what others show goes to the
        // summary, which is what clients display.
        _asContent = !opening.IsSummary && opening.Id.StartsWith("rs_", StringComparison.Ordinal);
        _id = NewId("rs_", opening.Id);
        var json = BeginItem("reasoning"u8, _id, default);
        WriteEmpty(json, "summary"u8);
        Added(json);
    }

    private void CloseReasoning()
    {
        if (_anyReasoning)
        {
            if (BeginReasoningEvent(_asContent ? "response.reasoning_text.done"u8 : "response.reasoning_summary_text.done"u8) is { } json)
            {
                Text.WriteTo(json, "text"u8);
                events.End(json);
            }

            if (!_asContent) WriteSummaryPart("response.reasoning_summary_part.done"u8);
        }

        var item = BeginItem("reasoning"u8, _id, default);
        item.WriteStartArray("summary"u8);
        if (_anyReasoning && !_asContent) WriteReasoningText(item, "summary_text"u8);
        item.WriteEndArray();
        if (_anyReasoning && _asContent)
        {
            item.WriteStartArray("content"u8);
            WriteReasoningText(item, "reasoning_text"u8);
            item.WriteEndArray();
        }

        if (_signature.Length > 0 && response.IncludesEncrypted)
            ResponsesReasoningEnvelope.Wrap(Family, _opening.IsRedacted, JsonText.FromUtf8(_signature.WrittenMemory)).WriteTo(item, "encrypted_content"u8);
        Done(item);
    }

    /// <summary>Writes an item that only carries the opaque token of the block after it; it comes back in front of that block.</summary>
    private void WritePartToken(JsonText token)
    {
        if (!response.IncludesEncrypted) return;
        var id = NewId("rs_");
        var json = BeginItem("reasoning"u8, id, default);
        WriteEmpty(json, "summary"u8);
        Added(json);
        json = BeginItem("reasoning"u8, id, default);
        WriteEmpty(json, "summary"u8);
        ResponsesReasoningEnvelope.WrapPart(token).WriteTo(json, "encrypted_content"u8);
        Done(json);
    }

    private SignatureFamily Family => exchange.Model.EffectiveFamily;

    private void WriteReasoningText(Utf8JsonWriter json, ReadOnlySpan<byte> type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        Text.WriteTo(json, "text"u8);
        json.WriteEndObject();
    }

    private void WriteSummaryPart(ReadOnlySpan<byte> type)
    {
        if (BeginReasoningEvent(type) is not { } json) return;
        json.WritePropertyName("part"u8);
        WriteReasoningText(json, "summary_text"u8);
        events.End(json);
    }

    private Utf8JsonWriter? BeginReasoningEvent(ReadOnlySpan<byte> type)
    {
        var json = events.Begin(type, _id, _index);
        json?.WriteNumber(_asContent ? "content_index"u8 : "summary_index"u8, 0);
        return json;
    }
}
