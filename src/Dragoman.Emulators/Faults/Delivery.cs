using System.Text;
using Dragoman.Emulators.Http;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Emulators.Faults;

/// <summary>Writes a reply to the client, with whatever shall go wrong on the way.</summary>
internal static class Delivery
{
    private static readonly byte[] Rubbish = Encoding.UTF8.GetBytes("data: {\"this is\": not json \u0001\n\n");

    public static async Task SendAsync(HttpContext context, Reply reply, Fault? fault, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        if (fault is { Delay.Ticks: > 0 })
            await Task.Delay(fault.Delay, time, cancel);
        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            response.Headers.Append(name, value);
        response.ContentType = reply.ContentType;
        if (fault is { Empty: true })
        {
            response.ContentLength = 0;
            return;
        }

        if (fault is null && !reply.Streamed && reply.Frames is [var only] && only.Delay == default)
        {
            response.ContentLength = only.Bytes.Length;
            await response.Body.WriteAsync(only.Bytes, cancel);
            return;
        }

        if (reply.Streamed)
            response.Headers.CacheControl = "no-cache";
        await StreamAsync(context, reply, fault ?? new Fault(), time, cancel);
    }

    private static async Task StreamAsync(HttpContext context, Reply reply, Fault fault, TimeProvider time, CancellationToken cancellationToken)
    {
        var budget = fault.Disconnect ?? int.MaxValue;
        // Headers go out before anything can go wrong with the body: that is where real streams break.
        await context.Response.StartAsync(cancellationToken);
        if (budget == 0)
        {
            await context.Response.Body.FlushAsync(cancellationToken);
            context.Abort();
            return;
        }

        for (var sent = 0; sent <= reply.Frames.Count; sent++)
        {
            if (fault.Stall == sent)
            {
                await context.Response.Body.FlushAsync(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            if (fault.Truncate == sent)
                return;
            if (fault.Garbage == sent)
                await WriteAsync(context, Rubbish, fault.Tear, cancellationToken);
            if (fault.ErrorInStream == sent && reply.ErrorFrame is { } errorFrame)
            {
                await WriteAsync(context, errorFrame(fault.Message ?? "Emulated error in the stream"), fault.Tear, cancellationToken);
                return;
            }

            if (sent == reply.Frames.Count)
                return;
            var frame = reply.Frames[sent];
            if (frame.Delay > TimeSpan.Zero)
                await Task.Delay(frame.Delay, time, cancellationToken);
            if (fault.Pace > TimeSpan.Zero && sent > 0)
                await Task.Delay(fault.Pace, time, cancellationToken);
            if (frame.Bytes.Length >= budget)
            {
                await WriteAsync(context, frame.Bytes.AsMemory(0, budget), fault.Tear, cancellationToken);
                await context.Response.Body.FlushAsync(cancellationToken);
                context.Abort();
                return;
            }

            budget -= frame.Bytes.Length;
            await WriteAsync(context, frame.Bytes, fault.Tear, cancellationToken);
        }
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> bytes, bool tear, CancellationToken cancellationToken)
    {
        var body = context.Response.Body;
        if (!tear)
        {
            await body.WriteAsync(bytes, cancellationToken);
            await body.FlushAsync(cancellationToken);
            return;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            await body.WriteAsync(bytes.Slice(i, 1), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
    }
}
