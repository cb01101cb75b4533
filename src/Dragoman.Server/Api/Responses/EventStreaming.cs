using System.Buffers;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses;

/// <summary>Streams a response's events to a client: those that are there, then the others as they come.</summary>
internal sealed class EventStreaming(Func<GatewayConfig> config, TimeProvider time)
{
    /// <summary>Streams them; events up to and with number <paramref name="after"/> are left out, -1 for none.</summary>
    public async Task FollowAsync(HttpContext context, string flow, EventLog log, long after)
    {
        var channel = new HttpResponseChannel(context);
        var gone = context.RequestAborted;
        var silence = config().Streaming.KeepAlive;
        channel.Begin(200, "text/event-stream", new AnswerHeaders { Flow = flow });
        for (var index = 0; ;)
        {
            var (events, more) = log.From(index);
            foreach (var data in events)
            {
                var number = EventLog.SequenceOf(data);
                if ((number < 0 ? index : number) > after) Write(channel.Body, data);
                index++;
            }

            await channel.Body.FlushAsync(gone);
            if (more is null) return;
            try
            {
                if (silence > TimeSpan.Zero) await more.WaitAsync(silence, time, gone);
                else await more.WaitAsync(gone);
            }
            catch (TimeoutException)
            {
                channel.Body.Write(SseWriter.KeepAlive);
            }
        }
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> data)
    {
        output.Write("event: "u8);
        output.Write(Encoding.UTF8.GetBytes(AnswerFrames.TypeOf(data)));
        output.Write("\ndata: "u8);
        // Data of several lines was joined by line breaks; in JSON they are only ever white space.
        output.Write(new JsonSlice(data).OnOneLine().Bytes.Span);
        output.Write("\n\n"u8);
    }
}
