using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Passthrough;
using Dragoman.Gateway.Forwarding.Translation;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Failover;

/// <summary>Makes an attempt on the path that fits, passthrough or translation, and says what a fault on the way means.</summary>
internal static class AttemptRunner
{
    /// <summary>Makes the attempt and gives back the place that was taken for it.</summary>
    public static async Task<AttemptResult> RunAsync(Attempt attempt)
    {
        ActivityTimeout? timeout = null;
        try
        {
            timeout = new ActivityTimeout(attempt.Services.Time, attempt.Services.Timer, attempt.FirstByteTimeout, attempt.ClientGone, attempt.Services.Stopping);
            var result = MayPassThrough(attempt) ? await PassthroughExchange.RunAsync(attempt, timeout) : await TranslatedExchange.RunAsync(attempt, timeout);
            attempt.Progress.IsPending = false;
            return result;
        }
        catch (AccountException ex)
        {
            // Nothing was sent; another account may do better.
            attempt.Progress.IsPending = false;
            return new AttemptResult { Failure = new Failure(ex.Class, ex.Error) };
        }
        catch (Exception ex) when (ex is not WireException && !attempt.ClientGone.IsCancellationRequested && timeout is not null && attempt.Explain(ex, timeout) is { } error)
        {
            attempt.Progress.IsPending = false;
            // Nobody else is asked any more, and no account is to blame.
            if (timeout.Stopped) throw new WireException(error);
            return new AttemptResult { Failure = ConnectionFaults.FailureOf(error) };
        }
        finally
        {
            timeout?.Dispose();
            attempt.Services.Router.Release(attempt.Candidate);
        }
    }

    private static bool MayPassThrough(Attempt attempt) => attempt.UpstreamProtocol == attempt.Request.ClientProtocol.Protocol
        && attempt.Request.AllowPassthrough
        && attempt.Candidate.SuffixReasoning is null
        && attempt.Candidate.DefaultReasoning is null
        && !attempt.Candidate.ForcesName
        && attempt.Request.Traits.CanPassThrough(attempt.Request.PassthroughTo(attempt.Candidate.Model, isVendor: false));
}
