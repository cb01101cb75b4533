using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// Reads the events of a Responses stream. Servers leave out what they like: deltas, part events, item events, or all but the last
/// response. So each closing event tells what its deltas did not, and the final response what no item event did.
/// </summary>
internal sealed class ResponsesStreamReader(IAnswerSink sink) : IStreamReader
{
    private readonly ResponsesOutputItems _items = new(sink);
    private bool _started;
    private bool _over;

    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_over) return;
        try
        {
            // Some servers end with Chat's mark.
            if (data.Span.SequenceEqual("[DONE]"u8)) return;
            if (!ResponsesFrame.TryRead(data, out var frame))
            {
                if (name.SequenceEqual("error"u8) || ErrorInAnswer.IsReported(data.Span)) Fail(ErrorInAnswer.Read(ResponsesUpstream.Instance, data));
                return;
            }

            var type = frame.Type.ToUtf8().Span;
            if (type.IsEmpty && name.IsEmpty) Untyped(frame);
            else Dispatch(type.IsEmpty ? name : type, frame);
        }
        // The second is the parser's word for text that is no Unicode (half a surrogate pair).
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            Fail(new(ErrorKind.Api, "The upstream sent an event that is not JSON.") { Status = 502, Code = "upstream_invalid_event" });
        }
    }

    public void Complete()
    {
    }

    /// <summary>Reads a whole response object: what is not told yet of it, and how it ended.</summary>
    public void ReadResponse(JsonSlice response, ReadOnlySpan<byte> status)
    {
        var reader = response.Read();
        reader.Read();
        string? id = null, model = null, tier = null, stated = null, reason = null;
        JsonSlice output = default, usage = default, error = default;
        while (reader.NextProperty())
        {
            var property = reader.GetString();
            reader.Read();
            switch (property)
            {
                case "id": id = reader.StringOrNull(); break;
                case "model": model = reader.StringOrNull(); break;
                case "service_tier": tier = reader.StringOrNull(); break;
                case "status": stated = reader.StringOrNull(); break;
                case "output": output = JsonSlice.From(ref reader, response.Bytes); break;
                case "usage": usage = JsonSlice.From(ref reader, response.Bytes); break;
                case "error": error = JsonSlice.From(ref reader, response.Bytes); break;
                case "incomplete_details" when reader.TokenType == JsonTokenType.StartObject: reason = Reason(JsonSlice.From(ref reader, response.Bytes)); break;
                default: reader.Skip(); break;
            }
        }

        if (!_started)
        {
            _started = true;
            sink.Write(AnswerEvent.Started(new() { Id = id, Model = model, ServiceTier = tier }));
        }

        if (status.IsEmpty) status = Encoding.ASCII.GetBytes(stated ?? "completed");
        if (status.SequenceEqual("in_progress"u8) || status.SequenceEqual("queued"u8)) return;
        if (output.IsArray) _items.ReadFinal(output);
        if (usage.IsObject) sink.Write(AnswerEvent.UsageChanged(ResponsesUsage.Read(usage) with { ServiceTier = tier }));
        if (status.SequenceEqual("failed"u8) || status.SequenceEqual("cancelled"u8))
        {
            Fail((error.IsObject ? ResponsesErrors.ReadObject(error, 0) : null)
                ?? new(ErrorKind.Api, $"The upstream's response was {Encoding.ASCII.GetString(status)}.") { Origin = Protocol.OpenAiResponses, Code = "server_error" });
            return;
        }

        _over = true;
        _items.EndAll();
        sink.Write(AnswerEvent.Finished(status.SequenceEqual("incomplete"u8)
            ? new(reason switch
            {
                "max_output_tokens" => FinishReason.Length,
                "content_filter" => FinishReason.ContentFilter,
                _ => FinishReason.Other,
            })
            { Raw = reason }
            : new(FinishReason.Stop) { Raw = "completed" }));
    }

    private void Dispatch(ReadOnlySpan<byte> type, in ResponsesFrame frame)
    {
        if (!type.StartsWith("response."u8))
        {
            if (type.SequenceEqual("error"u8))
            {
                Fail(ErrorInAnswer.Read(ResponsesUpstream.Instance, frame.Whole.Bytes));
            }
            else if (type.SequenceEqual("keepalive"u8)) sink.Write(AnswerEvent.Ping);

            return;
        }

        type = type["response."u8.Length..];
        if (type.SequenceEqual("output_text.delta"u8)) _items.TextDelta(frame, PartKind.Text);
        else if (type.SequenceEqual("function_call_arguments.delta"u8) || type.SequenceEqual("custom_tool_call_input.delta"u8)) _items.Arguments(frame, frame.Delta, false);
        else if (type.SequenceEqual("reasoning_summary_text.delta"u8)) _items.TextDelta(frame, PartKind.Summary);
        else if (type.SequenceEqual("reasoning_text.delta"u8)) _items.TextDelta(frame, PartKind.Reasoning);
        else if (type.SequenceEqual("refusal.delta"u8)) _items.TextDelta(frame, PartKind.Refusal);
        else if (type.SequenceEqual("output_item.added"u8)) _items.Added(frame);
        else if (type.SequenceEqual("output_item.done"u8)) _items.Done(frame);
        else if (type.SequenceEqual("output_text.done"u8)) _items.TextDone(frame, PartKind.Text);
        else if (type.SequenceEqual("refusal.done"u8)) _items.TextDone(frame, PartKind.Refusal);
        else if (type.SequenceEqual("reasoning_summary_text.done"u8)) _items.TextDone(frame, PartKind.Summary);
        else if (type.SequenceEqual("reasoning_text.done"u8)) _items.TextDone(frame, PartKind.Reasoning);
        else if (type.SequenceEqual("content_part.done"u8)) _items.PartDone(frame);
        else if (type.SequenceEqual("function_call_arguments.done"u8) || type.SequenceEqual("custom_tool_call_input.done"u8)) _items.Arguments(frame, frame.Text, true);
        else if (type.SequenceEqual("output_text.annotation.added"u8)) _items.Annotation(frame);
        else if (type.SequenceEqual("completed"u8) || type.SequenceEqual("done"u8)) End(frame, default);
        else if (type.SequenceEqual("incomplete"u8)) End(frame, "incomplete"u8);
        else if (type.SequenceEqual("failed"u8)) End(frame, "failed"u8);
        else if (type.SequenceEqual("cancelled"u8)) End(frame, "cancelled"u8);
        else if (type.SequenceEqual("created"u8) || type.SequenceEqual("in_progress"u8) || type.SequenceEqual("queued"u8))
        {
            if (!frame.Response.IsEmpty && !_started) ReadResponse(frame.Response, "in_progress"u8);
        }
        else if (type.EndsWith(".in_progress"u8) || type.EndsWith(".searching"u8) || type.EndsWith(".generating"u8)) sink.Write(AnswerEvent.Ping);
    }

    /// <summary>An event that is none of the protocol: an error in another API's form, or a whole response where a stream was asked for.</summary>
    private void Untyped(in ResponsesFrame frame)
    {
        if (ErrorInAnswer.IsReported(frame.Whole.Bytes.Span)) Fail(ErrorInAnswer.Read(ResponsesUpstream.Instance, frame.Whole.Bytes));
        else if (Property(frame.Whole, "object"u8) == "response") ReadResponse(frame.Whole, default);
    }

    private void End(in ResponsesFrame frame, ReadOnlySpan<byte> status)
    {
        // The event's name decides, unless it is a plain ending whose response says otherwise.
        var response = frame.Response.IsEmpty ? JsonSlice.Create("{}"u8) : frame.Response;
        if (status.IsEmpty && Status(response) is null or "in_progress" or "queued") status = "completed"u8;
        ReadResponse(response, status);
    }

    private void Fail(WireError error)
    {
        if (_over) return;
        _over = true;
        sink.Write(AnswerEvent.Failed(error));
    }

    private static string? Status(JsonSlice response) => Property(response, "status"u8);

    private static string? Reason(JsonSlice details) => Property(details, "reason"u8);

    private static string? Property(JsonSlice value, ReadOnlySpan<byte> name)
    {
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var wanted = reader.ValueTextEquals(name);
            reader.Read();
            if (wanted) return reader.StringOrNull();
            reader.Skip();
        }

        return null;
    }
}
