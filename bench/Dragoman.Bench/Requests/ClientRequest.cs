using System.Text;

namespace Dragoman.Bench.Requests;

/// <summary>A request as bytes on the wire, and how its answer is known to be right.</summary>
internal sealed record ClientRequest(Wire Client, bool Stream, byte[] Bytes, int Events)
{
    /// <summary>The whole HTTP request.</summary>
    /// <param name="client">The client's language.</param>
    /// <param name="host">Host and port.</param>
    /// <param name="model">The model's name as this target knows it.</param>
    /// <param name="large">The 150 KB body instead of the small one.</param>
    /// <param name="events">How many events to stream; 0 for a whole answer.</param>
    /// <param name="key">The client's key.</param>
    public static ClientRequest Build(Wire client, string host, string model, bool large, int events, string key)
    {
        var stream = events > 0;
        var body = large ? RequestBody.Agent(client, model, stream) : RequestBody.Small(client, model, stream);
        var path = client switch
        {
            Wire.Chat => "/v1/chat/completions",
            Wire.Responses => "/v1/responses",
            Wire.Messages => "/v1/messages",
            _ => $"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}",
        };
        var own = client switch
        {
            Wire.Messages => $"x-api-key: {key}\r\nanthropic-version: 2023-06-01\r\n",
            Wire.Gemini => $"x-goog-api-key: {key}\r\n",
            _ => $"Authorization: Bearer {key}\r\n",
        };
        var head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: */*\r\nUser-Agent: dragoman-bench\r\n{own}Content-Length: {body.Length}\r\n\r\n");
        return new ClientRequest(client, stream, [.. head, .. body], events);
    }

    /// <summary>What must stand in an answer that came to its end in good order.</summary>
    public string EndMark => Client switch
    {
        Wire.Chat => Stream ? "data: [DONE]" : "\"finish_reason\":",
        Wire.Responses => Stream ? "response.completed" : "\"completed\"",
        Wire.Messages => Stream ? "message_stop" : "\"end_turn\"",
        _ => "STOP",
    };
}
