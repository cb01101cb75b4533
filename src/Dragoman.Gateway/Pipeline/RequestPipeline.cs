using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Pipeline;

/// <summary>
/// The whole life of a request whose caller is known: let in by its key's limits, forwarded, its usage priced and settled, and told to
/// whoever keeps records. Every way into the gateway (HTTP, sockets, background) goes through here.
/// </summary>
public sealed class RequestPipeline(Forwarder forwarder, IAdmissionController admission, UsagePricing pricing, IReadOnlyList<IRequestObserver> observers, TimeProvider time, RefusalBrake? brake = null)
{
    /// <summary>The same life of a request over another way to its upstream.</summary>
    public RequestPipeline Over(Forwarder other) => new(other, admission, pricing, observers, time, brake);

    /// <summary>Answers a request. Never throws for what client or upstream did; <paramref name="clientGone"/> ends it quietly.</summary>
    public async Task<RequestOutcome> ForwardAsync(ClientRequest request, IResponseChannel channel, CancellationToken clientGone)
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var looping = brake?.Check(request);
        var pass = looping is null ? await admission.AcquireAsync(request, clientGone) : AdmissionLease.Refused(looping, []);
        var metered = new CountingResponseChannel(request.Capture?.Wrap(channel) ?? channel, pass, time);
        var outcome = new RequestOutcome { Status = 500 };
        try
        {
            outcome = pass.Refusal is { } refusal
                ? await RefuseAsync(request, refusal, metered, clientGone)
                : await forwarder.ForwardAsync(request, metered, clientGone);
            return outcome;
        }
        finally
        {
            if (looping is null) brake?.Ended(request, outcome);
            TimeSpan? firstByte = metered.BegunAt is { } begun ? time.GetElapsedTime(started, begun) : null;
            var duration = time.GetElapsedTime(started);
            var used = pricing.EntryOf(request, outcome, startedAt, firstByte, duration, metered.Sent);
            var booked = await pass.EndAsync(used);
            var ended = new CompletedRequest(request, outcome, startedAt, firstByte, duration, used);
            foreach (var observer in observers) observer.Ended(ended, booked);
        }
    }

    private static async Task<RequestOutcome> RefuseAsync(ClientRequest request, WireError refusal, IResponseChannel channel, CancellationToken clientGone)
    {
        var headers = new AnswerHeaders { Flow = request.FlowId, RetryAfter = refusal.RetryAfter };
        await ErrorAnswer.WriteAsync(request.ClientProtocol, refusal, channel, headers, upstreamBody: default, clientGone);
        return new RequestOutcome { Status = refusal.EffectiveStatus, Error = refusal };
    }
}
