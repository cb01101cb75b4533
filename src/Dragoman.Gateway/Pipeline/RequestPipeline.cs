using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Pipeline;

/// <summary>
/// The whole life of a request whose client is known: admitted by its key's limits, forwarded, its usage priced and settled, and shown to
/// whoever keeps records. Every way into the gateway (HTTP, sockets, background, replays) goes through here.
/// </summary>
public sealed class RequestPipeline(Forwarder forwarder, IAdmissionController admission, UsagePricing pricing, IReadOnlyList<IRequestObserver> observers, TimeProvider time, RefusalBrake? brake = null)
{
    /// <summary>Answers a request. Throws only for a fault of the gateway's own; <paramref name="clientGone"/> ends it quietly.</summary>
    /// <param name="request">The request.</param>
    /// <param name="channel">The way back to its client.</param>
    /// <param name="clientGone">Cancelled when the client has left.</param>
    /// <returns>How it ended, after the observers have seen it.</returns>
    public async Task<RequestOutcome> HandleAsync(ClientRequest request, IResponseChannel channel, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (startedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
        var outcome = new RequestOutcome { Status = 500 };
        var lease = AdmissionLease.Free;
        CountingResponseChannel? counted = null;
        var looping = brake?.Check(request);
        foreach (var observer in observers) observer.Began(request);
        try
        {
            lease = looping is null ? await admission.AcquireAsync(request, clientGone) : AdmissionLease.Refused(looping, []);
            counted = new CountingResponseChannel(request.Capture?.Wrap(channel) ?? channel, lease, time);
            outcome = lease.Refusal is { } refusal
                ? await RefuseAsync(request, refusal, counted, clientGone)
                : await forwarder.ForwardAsync(request, counted, clientGone);
            return outcome;
        }
        finally
        {
            if (looping is null) brake?.Ended(request, outcome);
            TimeSpan? firstByte = counted?.BegunAt is { } begun ? time.GetElapsedTime(started, begun) : null;
            var duration = time.GetElapsedTime(started);
            var used = pricing.EntryOf(request, outcome, startedAt, firstByte, duration, counted?.Sent ?? default);
            var booked = false;
            try
            {
                booked = await lease.EndAsync(used);
            }
            finally
            {
                // Whoever saw it begin sees it end: a stop waits for those that are open.
                var ended = new CompletedRequest(request, outcome, startedAt, firstByte, duration, used);
                foreach (var observer in observers) observer.Ended(ended, booked);
            }
        }
    }

    private static async Task<RequestOutcome> RefuseAsync(ClientRequest request, WireError refusal, IResponseChannel channel, CancellationToken clientGone)
    {
        var headers = new AnswerHeaders { Flow = request.FlowId, RetryAfter = refusal.RetryAfter };
        await ErrorAnswer.WriteAsync(request.ClientProtocol, refusal, channel, headers, upstreamBody: default, clientGone);
        return new RequestOutcome { Status = refusal.EffectiveStatus, Error = refusal };
    }
}
