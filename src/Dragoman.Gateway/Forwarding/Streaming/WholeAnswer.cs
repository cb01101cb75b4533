using System.IO.Pipelines;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>
/// Sends a whole answer piece by piece, so that a client that has stopped taking it is told from one that takes it slowly: every piece that leaves is
/// progress. Who takes nothing for too long is cut off.
/// </summary>
internal static class WholeAnswer
{
    /// <summary>So much is sent at once.</summary>
    public const int Piece = 64 * 1024;

    public static async Task SendAsync(IResponseChannel channel, ReadOnlyMemory<byte> answer, TimeSpan limit, TimeProvider time, CancellationToken clientGone)
    {
        var body = channel.Body;
        while (answer.Length > Piece)
        {
            await TakenAsync(body.WriteAsync(answer[..Piece], clientGone), channel, limit, time);
            answer = answer[Piece..];
        }

        await TakenAsync(body.WriteAsync(answer, clientGone), channel, limit, time);
    }

    private static async ValueTask TakenAsync(ValueTask<FlushResult> writing, IResponseChannel channel, TimeSpan limit, TimeProvider time)
    {
        if (writing.IsCompleted || limit <= TimeSpan.Zero)
        {
            await writing;
            return;
        }

        var taking = writing.AsTask();
        try
        {
            await taking.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            channel.Abort();
            await taking;
        }
    }
}
