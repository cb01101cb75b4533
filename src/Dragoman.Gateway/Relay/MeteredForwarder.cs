using Dragoman.Gateway.Keys;
using Dragoman.Gateway.Metering;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// The whole life of a request whose caller is known: let in by its key's limits, forwarded, its usage priced and settled, and told to
/// whoever keeps records. Every way into the gateway (HTTP, sockets, background) goes through here.
/// </summary>
public sealed class MeteredForwarder(Forwarder forwarder, IAdmission admission, UsagePricing pricing, IReadOnlyList<IRequestObserver> observers, TimeProvider time, RefusalBrake? brake = null)
{
    /// <summary>The same life of a request over another way to its upstream.</summary>
    public MeteredForwarder Over(Forwarder other) => new(other, admission, pricing, observers, time, brake);

    /// <summary>Answers a request. Never throws for what client or upstream did; <paramref name="clientGone"/> ends it quietly.</summary>
    public async Task<RelayOutcome> ForwardAsync(ClientRequest request, IClientChannel channel, CancellationToken clientGone)
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var looping = brake?.Check(request);
        var pass = looping is null ? await admission.EnterAsync(request, clientGone) : Pass.Refused(looping, []);
        var metered = new MeteredChannel(request.Capture?.Wrap(channel) ?? channel, pass, time);
        var outcome = new RelayOutcome { Status = 500 };
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
            var ended = new EndedRequest(request, outcome, startedAt, firstByte, duration, used);
            foreach (var observer in observers) observer.Ended(ended, booked);
        }
    }

    private static async Task<RelayOutcome> RefuseAsync(ClientRequest request, WireError refusal, IClientChannel channel, CancellationToken clientGone)
    {
        var headers = new AnswerHeaders { Flow = request.FlowId, RetryAfter = refusal.RetryAfter };
        await ErrorAnswer.WriteAsync(request.Language, refusal, channel, headers, upstreamBody: default, clientGone);
        return new RelayOutcome { Status = refusal.EffectiveStatus, Error = refusal };
    }
}
