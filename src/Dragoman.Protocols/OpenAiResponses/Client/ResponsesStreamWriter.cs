using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// Writes an answer as the events of the Responses API, and builds the final response object on the way; without an output it only builds
/// the object, which is how whole answers are made. Each finished item is spelled once, so the final <c>output</c> is what was streamed.
/// </summary>
public sealed class ResponsesStreamWriter : IAnswerSink, IDisposable
{
    private readonly TranslationContext _exchange;
    private readonly ResponsesEvents _events;
    private readonly ResponsesObject _response;
    private readonly ResponsesItems _items;
    private TokenUsage _usage = new();
    private bool _begun;
    private bool _refusalWritten;

    /// <summary>Makes a writer for one answer.</summary>
    /// <param name="exchange">The exchange the answer belongs to.</param>
    /// <param name="output">Where events go, or null when only the response object is wanted.</param>
    public ResponsesStreamWriter(TranslationContext exchange, IBufferWriter<byte>? output)
    {
        _exchange = exchange;
        _events = new(output);
        _response = new(exchange);
        _items = new(exchange, _response, _events);
    }

    /// <summary>The answer's id (<c>resp_…</c>); settled once the answer has begun.</summary>
    public string ResponseId => _response.Id;

    /// <summary>Whether <see cref="FinalResponse"/> is wanted, for storage. Set it before the answer ends.</summary>
    public bool KeepsResponse { get; set; }

    /// <summary>The final response object as JSON, once the answer is over and where <see cref="KeepsResponse"/> asked for it; else empty.</summary>
    public ReadOnlyMemory<byte> FinalResponse { get; private set; }

    /// <summary>Goes on behind events that reached the client from elsewhere: the answer has begun, and under which id and number.</summary>
    /// <param name="responseId">The id under which it began, or null where that is not known.</param>
    /// <param name="sequenceNumber">The number of the next event.</param>
    public void ContinueAt(string? responseId, long sequenceNumber)
    {
        _begun = true;
        if (responseId is not null) _response.Begin(new AnswerStart { Id = responseId });
        _events.ContinueAt(sequenceNumber);
    }

    /// <inheritdoc/>
    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                _response.Begin(answerEvent.Start);
                Begin();
                break;
            case AnswerEventKind.BlockStarted:
                _refusalWritten |= answerEvent.Opening.Kind == AnswerBlockKind.Refusal;
                _items.Open(answerEvent.Opening);
                break;
            case AnswerEventKind.TextDelta:
                _items.AddText(answerEvent.Text);
                break;
            case AnswerEventKind.ReasoningDelta:
                _items.AddReasoning(answerEvent.Text);
                break;
            case AnswerEventKind.SignatureDelta:
                _items.AddSignature(answerEvent.Text);
                break;
            case AnswerEventKind.ToolArgumentsDelta:
                _items.AddArguments(answerEvent.Text);
                break;
            case AnswerEventKind.CitationAdded:
                _items.AddCitation(answerEvent.Citation);
                break;
            case AnswerEventKind.BlockEnded:
                _items.CloseBlock(answerEvent.IsTorn);
                break;
            case AnswerEventKind.UsageChanged:
                _usage = answerEvent.Usage;
                break;
            case AnswerEventKind.Finished:
                Finish(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                Begin();
                _items.Discard();
                End("response.failed"u8, "failed"u8, answerEvent.Error, null);
                break;
        }
    }

    /// <summary>Gives the buffers back; happens by itself when the answer ends.</summary>
    public void Dispose() => _items.Dispose();

    private void Begin()
    {
        if (_begun) return;
        _begun = true;
        WriteEvent("response.created"u8, "in_progress"u8, null, null, null);
        WriteEvent("response.in_progress"u8, "in_progress"u8, null, null, null);
    }

    private void Finish(Finish finish)
    {
        var incomplete = finish.Reason switch
        {
            FinishReason.Length or FinishReason.ContextFull => "max_output_tokens",
            FinishReason.ContentFilter => "content_filter",
            // Without a refusal's own words a refusal would look like an answer that is whole.
            FinishReason.Refusal when !_refusalWritten => "content_filter",
            _ => null,
        };
        _items.Close(incomplete is not null);
        if (incomplete is null) End("response.completed"u8, "completed"u8, null, null);
        else End("response.incomplete"u8, "incomplete"u8, null, incomplete);
    }

    private void End(ReadOnlySpan<byte> type, ReadOnlySpan<byte> status, WireError? error, string? incomplete)
    {
        var usage = error is not null && _usage.InputTokens is null && _usage.OutputTokens is null ? null : _usage;
        WriteEvent(type, status, usage, error, incomplete);
        if (KeepsResponse)
        {
            var kept = new ArrayBufferWriter<byte>(_items.Finished.Length + 4096);
            var json = JsonWriting.Rent(kept);
            _response.Write(json, status, _items.Finished, usage, error, incomplete);
            JsonWriting.Return(json);
            FinalResponse = kept.WrittenMemory;
        }

        _items.Dispose();
    }

    private void WriteEvent(ReadOnlySpan<byte> type, ReadOnlySpan<byte> status, TokenUsage? usage, WireError? error, string? incomplete)
    {
        if (_events.Begin(type) is not { } json) return;
        json.WritePropertyName("response"u8);
        _response.Write(json, status, _items.Finished, usage, error, incomplete);
        _events.End(json);
    }
}
