using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Finds the error that an upstream told in the place of an answer: in the body of a 200, wherever it stands in it, or in a stream's event. Its
/// status is the one that the error itself names.
/// </summary>
public static class ErrorInAnswer
{
    /// <summary>The error of a body that came with a status of success, or null where the body is an answer.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static WireError? Find(IUpstreamProtocol protocol, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        var shape = ErrorShape.Read(body.Span);
        if (shape.IsStated) return Read(protocol, body, shape);
        var answer = AnswerOf(protocol.AnswerMembers, body);
        if (answer.IsEmpty && shape.IsHinted) return Read(protocol, body, shape);
        if (answer.IsEmpty)
        {
            return new WireError(ErrorKind.Api, "The upstream's answer has nothing in it that could be one.") { Status = 502, Code = "upstream_empty_answer" };
        }

        return protocol.FailureIn(answer);
    }

    /// <summary>Whether a body states its error as an error response does, and so can be passed on as one.</summary>
    public static bool HasEnvelope(ReadOnlySpan<byte> body) => ErrorShape.Read(body).IsStated;

    /// <summary>Reads an error that came without a status of its own: in a stream, or in the body of a 200.</summary>
    public static WireError Read(IUpstreamProtocol protocol, ReadOnlyMemory<byte> reported) => Read(protocol, reported, ErrorShape.Read(reported.Span));

    /// <summary>
    /// The name that data without one goes by when it stood outside any event (<see cref="Dragoman.Protocols.Framing.SseFrame.IsBare"/>): <c>error</c> where it tells one, be it
    /// torn, else none.
    /// </summary>
    public static ReadOnlySpan<byte> NameOfBare(ReadOnlySpan<byte> data)
    {
        if (IsReported(data)) return "error"u8;
        var progress = default(JsonProgress);
        progress.Add(data);
        return progress.IsOpen && data.IndexOf("\"error\""u8) >= 0 ? "error"u8 : default;
    }

    /// <summary>Tells a sink of the error in the place of a whole answer, and of what it cost where it says so; false where the body is an answer.</summary>
    internal static bool TryReport(IUpstreamProtocol protocol, ReadOnlyMemory<byte> body, IAnswerSink sink)
    {
        try
        {
            if (Find(protocol, body) is not { } error) return false;
            if (protocol.TryReadUsage(body, out var usage) && (usage.InputTokens ?? usage.OutputTokens) is not null) sink.Write(AnswerEvent.UsageChanged(usage));
            sink.Write(AnswerEvent.Failed(error));
            return true;
        }
        catch (JsonException)
        {
            // The protocol's own reader says so.
            return false;
        }
    }

    /// <summary>Whether an event's data tells an error where the event itself says nothing of what it is.</summary>
    public static bool IsReported(ReadOnlySpan<byte> data) => ErrorShape.Read(data) is var shape && (shape.IsStated || shape.IsHinted);

    private static WireError Read(IUpstreamProtocol protocol, ReadOnlyMemory<byte> reported, ErrorShape shape)
    {
        var error = protocol.ReadError(shape.Status ?? 0, Alone(reported));
        // What names no status keeps the one of its kind; a failure that nobody explains is the upstream's, not the gateway's.
        var status = shape.Status ?? (error.Status is >= 400 ? error.Status : null);
        return error with { Status = status is null && error.Kind == ErrorKind.Api ? 502 : status, Origin = error.Origin ?? protocol.Protocol };
    }

    /// <summary>The error without the array that Google's interfaces may put around it.</summary>
    private static ReadOnlyMemory<byte> Alone(ReadOnlyMemory<byte> reported)
    {
        if (reported.Span.IndexOfAnyExcept(" \t\r\n"u8) is not (>= 0 and var first) || reported.Span[first] != (byte)'[') return reported;
        try
        {
            var reader = new Utf8TokenReader(reported.Span, JsonReading.Options);
            reader.Read();
            while (reader.NextElement())
            {
                var element = JsonSlice.From(ref reader, reported);
                if (element.IsObject && ErrorShape.Read(element.Bytes.Span).IsStated) return element.Bytes;
            }
        }
        catch (JsonException)
        {
            // Torn: its text is what there is.
        }

        return reported;
    }

    /// <summary>The member that makes a body an answer of its protocol; empty where it is not there, or holds nothing.</summary>
    private static JsonSlice AnswerOf(AnswerMembers members, ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read()) return default;
        // A stream without alt=sse is an array of chunks.
        if (reader.TokenType == JsonTokenType.StartArray) return members.MayBeArray ? JsonSlice.From(ref reader, body) : default;
        if (reader.TokenType != JsonTokenType.StartObject) return default;
        while (reader.NextProperty())
        {
            var any = members.Matches(ref reader, out var list);
            reader.Read();
            if (!any || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            var value = JsonSlice.From(ref reader, body);
            if (!list || (value.IsArray && HasElement(value))) return value;
        }

        return default;
    }

    private static bool HasElement(JsonSlice list)
    {
        var reader = list.Read();
        reader.Read();
        return reader.NextElement();
    }
}
