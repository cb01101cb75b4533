using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>Reads a whole answer: a stream of which only the last event came.</summary>
internal static class ResponsesAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, IAnswerSink sink)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                var response = JsonSlice.From(ref reader, body);
                if (IsResponse(response))
                {
                    new ResponsesStreamReader(sink).ReadResponse(response, default);
                    return;
                }

                if (ResponsesErrors.ReadObject(response, 0) is { } told)
                {
                    sink.Write(AnswerEvent.Failed(told));
                    return;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Reported below.
        }

        sink.Write(AnswerEvent.Failed(new(ErrorKind.Api, "The upstream's answer is not a response object.") { Status = 502, Code = "upstream_invalid_answer" }));
    }

    private static bool IsResponse(JsonSlice value)
    {
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("output"u8) || reader.ValueTextEquals("status"u8)) return true;
            reader.Read();
            reader.Skip();
        }

        return false;
    }
}
