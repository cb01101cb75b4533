using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding.Attempts;

/// <summary>One request on its way through the gateway: what every part of forwarding works with, and the record of what was tried.</summary>
internal sealed class RequestContext(ClientRequest request, IResponseChannel channel, ForwardingServices services, CancellationToken clientGone) : IAsyncDisposable
{
    private readonly List<AttemptRecord> _attempts = [];
    private readonly List<(Candidate Candidate, TokenUsage Usage)> _wasted = [];
    private Attempt? _last;

    public ClientRequest Request => request;

    public IResponseChannel Channel => channel;

    public ForwardingServices Services => services;

    public CancellationToken ClientGone => clientGone;

    /// <summary>The settings in force when the request came.</summary>
    public ForwardingOptions Options { get; } = services.Options;

    /// <summary>The way to a streaming client; null when the client wants a whole answer.</summary>
    public ClientStream? Stream { get; } = request.Stream ? new ClientStream(request, channel, services.Options, services.Time, services.Timer) : null;

    /// <summary>How many attempts have ended.</summary>
    public int Attempts => _attempts.Count;

    /// <summary>The model that is asked in place of the one the client asked for; null when none is.</summary>
    public string? Fallback { get; set; }

    /// <summary>Whether encrypted reasoning is left out from now on, because an upstream could not read it.</summary>
    public bool LeavesOutReasoning { get; set; }

    /// <summary>An attempt at a candidate whose place was taken; it gives the place back.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="silence">How long the first byte is waited for; null for the gateway's own limit.</param>
    public Attempt Begin(Candidate candidate, TimeSpan? silence = null) => _last = new Attempt(this, candidate, silence);

    /// <summary>Records how an attempt ended.</summary>
    /// <returns>The result, with who answered or failed.</returns>
    public AttemptResult Record(Attempt attempt, AttemptResult result)
    {
        var candidate = attempt.Candidate;
        var duration = services.Time.GetElapsedTime(attempt.Started);
        var startedAt = services.Time.GetUtcNow() - duration;
        if (Fallback is { } fallback) candidate = candidate with { Reason = $"'{fallback}' is the fallback for '{request.Model}'; {candidate.Reason}" };
        if (result.Failure is { } failure)
        {
            if (result.Usage is { } usage && (usage.InputTokens ?? usage.OutputTokens) is not null) _wasted.Add((candidate, usage));
            _attempts.Add(new AttemptRecord(candidate, $"{failure.Class}: {failure.Error.EffectiveStatus} {failure.Error.Message}", duration) { StartedAt = startedAt, Transport = attempt.Progress.Transport });
        }
        else
        {
            _attempts.Add(new AttemptRecord(candidate, result.Interrupted is null ? "answered" : $"interrupted: {result.Interrupted.Message}", duration) { StartedAt = startedAt, Transport = attempt.Progress.Transport });
        }

        return result with { AskedOf = candidate };
    }

    /// <summary>Counts what was spent for the request and is no part of its answer.</summary>
    public void CountBeside(Candidate candidate, TokenUsage usage) => _wasted.Add((candidate, usage));

    /// <summary>How the request ended.</summary>
    /// <param name="final">The attempt that answered, or the failure that was reported to the client; null when the client left before there was either.</param>
    /// <param name="clientLeft">Whether the client left before the end.</param>
    public RequestOutcome ToOutcome(AttemptResult? final, bool clientLeft)
    {
        var progress = _last?.Progress ?? new AttemptProgress();
        var answered = final is { Failure: null };
        return new RequestOutcome
        {
            Status = clientLeft ? 499 : final?.Failure?.Error.EffectiveStatus ?? 200,
            Attempts = _attempts,
            ServedBy = answered ? final!.AskedOf : progress.HasBegun ? _last!.Candidate : null,
            FailedBy = final?.Failure is null ? null : final.AskedOf ?? (_attempts.Count > 0 ? _attempts[^1].Candidate : final.RefusedFor),
            Pending = progress.IsPending ? _last!.Candidate : null,
            Fallback = Fallback,
            Mode = progress.Mode,
            Usage = answered ? final!.Usage : progress.HasBegun ? progress.Usage : null,
            IsComplete = progress.IsComplete,
            HadContent = progress.HadContent,
            Wasted = _wasted,
            Losses = progress.Losses,
            Error = answered ? final!.Interrupted : final?.Failure?.Error,
            ClientLeft = clientLeft,
        };
    }

    /// <summary>Ends the stream to the client.</summary>
    public ValueTask DisposeAsync() => Stream?.DisposeAsync() ?? default;
}
