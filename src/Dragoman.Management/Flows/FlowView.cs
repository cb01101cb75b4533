using System.Collections.Immutable;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Flows;

/// <summary>A flow.</summary>
/// <param name="Id">Its id; the client has it in <c>x-dragoman-flow</c>.</param>
/// <param name="StartedAt">When it came.</param>
/// <param name="DurationMs">Milliseconds to the end.</param>
/// <param name="FirstByteMs">Milliseconds to the first byte for the client; absent when none came.</param>
/// <param name="KeyId">The client key's id; empty for none.</param>
/// <param name="Key">The client key's name.</param>
/// <param name="UserAgent">What the client calls itself.</param>
/// <param name="Client">The family of client programs it is of, for example <c>claude-code</c>; <c>other</c> for what is not known.</param>
/// <param name="Session">What ties it to other requests.</param>
/// <param name="Surface">The surface it came in by.</param>
/// <param name="ClientProtocol">The protocol the client spoke, for example <c>anthropic-messages</c>.</param>
/// <param name="UpstreamProtocol">The protocol the upstream spoke; empty when none answered.</param>
/// <param name="Mode">How it was forwarded: <c>passthrough</c> (client and upstream speak the same protocol), <c>translated</c>, or empty when none answered.</param>
/// <param name="RequestedModel">The name asked for.</param>
/// <param name="Model">The upstream's model that answered, or that failed where nobody did; empty when none was asked.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="AccountId">The id of the account that answered, or whose failure the client was told; empty when none was asked.</param>
/// <param name="Account">The account's label.</param>
/// <param name="Stream">Whether it was a stream.</param>
/// <param name="Status">The status the client got; 499 when it left.</param>
/// <param name="Error">The error the client got.</param>
/// <param name="ClientLeft">Whether the client left before the end.</param>
/// <param name="Attempts">Who was tried, in order.</param>
/// <param name="Losses">What could not be carried.</param>
/// <param name="Usage">Tokens; absent where the upstream reported none.</param>
/// <param name="Cost">US dollars; absent where the price is not known.</param>
/// <param name="Preview">A first glimpse of the last user turn; only with recorded bodies.</param>
/// <param name="Bookmarked">Whether it is kept beyond retention.</param>
/// <param name="Note">Its owner's note.</param>
/// <param name="Tags">Its owner's tags.</param>
public sealed record FlowView(
    string Id,
    DateTimeOffset StartedAt,
    double DurationMs,
    double? FirstByteMs,
    string KeyId,
    string Key,
    string UserAgent,
    string Client,
    string Session,
    string Surface,
    string ClientProtocol,
    string UpstreamProtocol,
    string Mode,
    string RequestedModel,
    string Model,
    string Provider,
    string AccountId,
    string Account,
    bool Stream,
    int Status,
    string? Error,
    bool ClientLeft,
    IReadOnlyList<FlowAttemptView> Attempts,
    IReadOnlyList<FlowLoss> Losses,
    FlowUsageView? Usage,
    decimal? Cost,
    string Preview,
    bool Bookmarked,
    string Note,
    IReadOnlyList<string> Tags)
{
    /// <summary>Describes a flow.</summary>
    public static FlowView From(FlowRecord flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return new(
        flow.Id, flow.StartedAt, Milliseconds.From(flow.Duration), flow.FirstByte is { } first ? Milliseconds.From(first) : null, flow.KeyId, flow.KeyName, flow.UserAgent, flow.Client.Length > 0 ? flow.Client : ClientFamily.Of(flow.UserAgent), flow.Session, flow.Surface,
        flow.ClientProtocol, flow.UpstreamProtocol, flow.Mode, flow.RequestedModel, flow.Model, flow.Provider, flow.AccountId, flow.AccountLabel, flow.Stream, flow.Status, flow.Error, flow.ClientLeft,
        [.. flow.Attempts.Select(attempt => new FlowAttemptView(attempt.AccountId, attempt.AccountLabel, attempt.Provider, attempt.Model, attempt.Reason, attempt.Outcome, Milliseconds.From(attempt.Duration),
            attempt.Started is { } started ? Milliseconds.From(started) : null, attempt.Transport is { } transport ? AttemptTransportNames.Of(transport) : null)
        {
            ReasonCode = attempt.ReasonCode, Values = attempt.Cause is { } cause ? ImmutableDictionary<string, string>.Empty.Add("cause", cause) : ImmutableDictionary<string, string>.Empty,
        })],
        flow.Losses, FlowUsageView.From(flow), flow.Cost, flow.Preview, flow.Marks.Bookmarked ?? false, flow.Marks.Note ?? "", flow.Marks.Tags ?? []);
    }
}

/// <summary>One attempt of a flow.</summary>
/// <param name="AccountId">Who was tried.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Reason">Why it was chosen.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="DurationMs">Milliseconds it took.</param>
/// <param name="StartedMs">Milliseconds from when the request came to when the attempt began; absent where that was not kept.</param>
/// <param name="Transport">By what the upstream was reached: <c>http</c>, <c>websocket</c>, or <c>http-fallback</c> where it did not take the upgrade to a WebSocket that the account wants; absent where it was not asked, or that was not kept.</param>
public sealed record FlowAttemptView(string AccountId, string Account, string Provider, string Model, string Reason, string Outcome, double DurationMs, double? StartedMs, string? Transport)
{
    /// <summary>The reason as a code: <c>pinned</c>, <c>conversation</c>, <c>cooling_down</c>, or the strategy (<c>round-robin</c>, <c>fill-first</c>, <c>sticky</c>, <c>least-used</c>, <c>hybrid</c>); absent where that was not kept.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>What the reason says besides: <c>cause</c>, what the cooldown follows from.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>The tokens of a flow; a count the upstream did not report is absent.</summary>
/// <param name="Input">Of the whole prompt.</param>
/// <param name="Output">Of the answer.</param>
/// <param name="Cached">Of the prompt, from the cache.</param>
/// <param name="CacheWrite">Of the prompt, written to the cache.</param>
/// <param name="Reasoning">Of the answer, reasoning.</param>
public sealed record FlowUsageView(long? Input, long? Output, long? Cached, long? CacheWrite, long? Reasoning)
{
    internal static FlowUsageView? From(FlowRecord flow)
        => flow is { InputTokens: null, OutputTokens: null } ? null : new(flow.InputTokens, flow.OutputTokens, flow.CachedTokens, flow.CacheWriteTokens, flow.ReasoningTokens);
}

/// <summary>A page of flows, newest first.</summary>
/// <param name="Flows">The flows.</param>
/// <param name="Next">What to ask for the next page with (<c>after</c>); absent at the end.</param>
public sealed record FlowPageView(IReadOnlyList<FlowView> Flows, string? Next);

/// <summary>A recorded body.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Attempt">Of which attempt, from 0.</param>
/// <param name="ContentType">Its media type; binary event streams are kept as lines of JSON.</param>
/// <param name="Length">The bytes there were.</param>
/// <param name="Kept">The bytes that are kept.</param>
/// <param name="Cut">Whether the middle (of binary streams: the end) was left out.</param>
/// <param name="Redacted">Whether something was masked as a secret.</param>
/// <param name="MediaLeftOut">Whether long base64 was left out.</param>
/// <param name="SameAs">The body that its bytes are the same as.</param>
public sealed record FlowBodyView(FlowBodyKind Kind, int Attempt, string ContentType, long Length, int Kept, bool Cut, bool Redacted, bool MediaLeftOut, FlowBodyKind? SameAs)
{
    internal static FlowBodyView From(FlowBody body)
    {
        var (type, notes) = BodyAnnotations.Split(body);
        return new FlowBodyView(body.Kind, body.Attempt, type, body.Length, body.Content.Length, notes.IsCut, notes.IsRedacted, notes.LacksMedia, notes.SameAs);
    }
}

/// <summary>The recorded bodies of a flow.</summary>
/// <param name="Bodies">The bodies, in the order they were made.</param>
public sealed record FlowBodiesView(IReadOnlyList<FlowBodyView> Bodies);

/// <summary>What is to be changed of a flow's marks; what is absent stays.</summary>
/// <param name="Bookmarked">Whether it is kept beyond retention.</param>
/// <param name="Note">A note; empty takes it away.</param>
/// <param name="Tags">All its tags.</param>
public sealed record FlowMarksInput(bool? Bookmarked, string? Note, IReadOnlyList<string>? Tags);

/// <summary>How many flows fit.</summary>
/// <param name="Count">The number.</param>
public sealed record FlowCountView(long Count);

/// <summary>How much is recorded, and how recording is doing.</summary>
/// <param name="Flows">Flows kept.</param>
/// <param name="Bytes">The bytes of their records and bodies, compressed, without indexes.</param>
/// <param name="Oldest">When the oldest came.</param>
/// <param name="RecordingMode">The recording mode that is set.</param>
/// <param name="Recorder">How recording is doing since the start.</param>
public sealed record FlowTotalsView(long Flows, long Bytes, DateTimeOffset? Oldest, FlowMode RecordingMode, FlowRecorderStatus Recorder);
