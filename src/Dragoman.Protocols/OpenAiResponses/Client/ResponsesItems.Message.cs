using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <content>Messages: texts and refusals with their citations.</content>
internal sealed partial class ResponsesItems
{
    private readonly PooledBuffer _parts = new();
    private readonly List<Citation> _citations = [];
    private string? _phase;
    private string _source = "";
    private int _part;
    private bool _partOpen;
    private int _emitted;

    /// <summary>More text of the open part.</summary>
    public void AddText(JsonText text)
    {
        text.AppendEscaped(_text);
        var json = BeginPartEvent(IsRefusal ? "response.refusal.delta"u8 : "response.output_text.delta"u8);
        if (json is null) return;
        text.WriteTo(json, "delta"u8);
        if (!IsRefusal) WriteEmpty(json, "logprobs"u8);
        events.End(json);
    }

    /// <summary>A source of the open part. One whose place is the whole part is reported when the part's length is known.</summary>
    public void AddCitation(Citation citation)
    {
        if (!_partOpen || IsRefusal) return;
        if (citation is { Url: null, Raw.IsEmpty: true } or { Url: null, Origin: not Protocol.OpenAiResponses })
            exchange.Losses.Approximate("citations", "a citation of a document is sent as a file_citation");
        _citations.Add(citation);
        if (citation.Start is not null && citation.End is not null && _emitted == _citations.Count - 1) EmitCitations();
    }

    private bool IsRefusal => _opening.Kind == AnswerBlockKind.Refusal;

    private void OpenMessage(BlockStart opening)
    {
        _kind = Kind.Message;
        _phase = opening.Phase;
        _source = opening.Id;
        _part = 0;
        _parts.Clear();
        _id = NewId("msg_", opening.Id);
        var json = BeginItem("message"u8, _id, "in_progress"u8);
        WriteMessageEnd(json);
        Added(json);
    }

    private void OpenPart()
    {
        _text.Clear();
        _citations.Clear();
        _emitted = 0;
        _partOpen = true;
        if (BeginPartEvent("response.content_part.added"u8) is not { } json) return;
        json.WritePropertyName("part"u8);
        WritePart(json);
        events.End(json);
    }

    private void ClosePart()
    {
        if (!_partOpen) return;
        EmitCitations();
        _partOpen = false;
        if (BeginPartEvent(IsRefusal ? "response.refusal.done"u8 : "response.output_text.done"u8) is { } done)
        {
            Text.WriteTo(done, IsRefusal ? "refusal"u8 : "text"u8);
            if (!IsRefusal) WriteEmpty(done, "logprobs"u8);
            events.End(done);
        }

        if (_part > 0) System.Buffers.BuffersExtensions.Write(_parts, ","u8);
        var start = _parts.Length;
        var part = JsonWriting.Rent(_parts);
        WritePart(part);
        JsonWriting.Return(part);
        if (BeginPartEvent("response.content_part.done"u8) is { } json)
        {
            json.WritePropertyName("part"u8);
            json.WriteRawValue(_parts.WrittenSpan[start..], skipInputValidation: true);
            events.End(json);
        }

        _part++;
    }

    private void CloseMessage(bool incomplete)
    {
        ClosePart();
        var json = BeginItem("message"u8, _id, incomplete ? "incomplete"u8 : "completed"u8);
        WriteMessageEnd(json);
        Done(json);
    }

    private void WriteMessageEnd(Utf8JsonWriter json)
    {
        json.WritePropertyName("content"u8);
        json.WriteStartArray();
        if (_parts.Length > 0) json.WriteRawValue(_parts.WrittenSpan, skipInputValidation: true);
        json.WriteEndArray();
        if (_phase is not null) json.WriteString("phase"u8, _phase);
        json.WriteString("role"u8, "assistant"u8);
    }

    private void WritePart(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (IsRefusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            Text.WriteTo(json, "refusal"u8);
        }
        else
        {
            json.WriteString("type"u8, "output_text"u8);
            json.WriteStartArray("annotations"u8);
            foreach (var citation in _citations) WriteAnnotation(json, citation);
            json.WriteEndArray();
            WriteEmpty(json, "logprobs"u8);
            Text.WriteTo(json, "text"u8);
        }

        json.WriteEndObject();
    }

    private void EmitCitations()
    {
        for (; _emitted < _citations.Count; _emitted++)
        {
            if (BeginPartEvent("response.output_text.annotation.added"u8) is not { } json) continue;
            json.WriteNumber("annotation_index"u8, _emitted);
            json.WritePropertyName("annotation"u8);
            WriteAnnotation(json, _citations[_emitted]);
            events.End(json);
        }
    }

    private void WriteAnnotation(Utf8JsonWriter json, Citation citation)
    {
        if (citation.Origin == Protocol.OpenAiResponses && !citation.Raw.IsEmpty)
        {
            citation.Raw.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        if (citation.Url is not null)
        {
            json.WriteString("type"u8, "url_citation"u8);
            json.WriteString("url"u8, citation.Url);
            json.WriteString("title"u8, citation.Title ?? "");
            json.WriteNumber("start_index"u8, citation.Start ?? 0);
            json.WriteNumber("end_index"u8, citation.End ?? Text.ToString().Length);
        }
        else
        {
            json.WriteString("type"u8, "file_citation"u8);
            json.WriteString("file_id"u8, $"document_{citation.DocumentIndex ?? 0}");
            json.WriteString("filename"u8, citation.Title ?? "");
            json.WriteNumber("index"u8, citation.DocumentIndex ?? 0);
        }

        json.WriteEndObject();
    }

    private Utf8JsonWriter? BeginPartEvent(ReadOnlySpan<byte> type)
    {
        var json = events.Begin(type, _id, _index);
        json?.WriteNumber("content_index"u8, _part);
        return json;
    }

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        json.WriteEndArray();
    }
}
