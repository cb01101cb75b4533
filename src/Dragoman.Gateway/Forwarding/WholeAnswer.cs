namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// Sends a whole answer piece by piece, so that a client that has stopped taking it is told from one that takes it slowly: every piece that leaves is
/// progress. Who takes nothing for too long is cut off.
/// </summary>
internal static class WholeAnswer
{
    /// <summary>So much is sent at once.</summary>
    public const int Piece = 64 * 1024;

    public static async Task SendAsync(Attempt attempt, ReadOnlyMemory<byte> answer)
    {
        var body = attempt.Channel.Body;
        while (answer.Length > Piece)
        {
            await TakenAsync(attempt, body.WriteAsync(answer[..Piece], attempt.ClientGone));
            answer = answer[Piece..];
        }

        await TakenAsync(attempt, body.WriteAsync(answer, attempt.ClientGone));
    }

    private static async ValueTask TakenAsync(Attempt attempt, ValueTask<System.IO.Pipelines.FlushResult> writing)
    {
        var limit = attempt.Options.ClientWriteTimeout;
        if (writing.IsCompleted || limit <= TimeSpan.Zero)
        {
            await writing;
            return;
        }

        var taking = writing.AsTask();
        try
        {
            await taking.WaitAsync(limit, attempt.Services.Time);
        }
        catch (TimeoutException)
        {
            attempt.Channel.Abort();
            await taking;
        }
    }
}
