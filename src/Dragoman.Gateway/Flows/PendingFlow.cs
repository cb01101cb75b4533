using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Flows;

/// <summary>
/// A request that has ended, before it is a record: references to what the relay has made anyway, so that the request's own task pays for one
/// small object. It holds nothing of the body.
/// </summary>
internal sealed class PendingFlow
{
    private const int LongestName = 200;
    private const int LongestWords = 1_000;
    private readonly FlowRecord? _ready;
    private readonly UsageEntry? _used;
    private readonly RequestOutcome? _outcome;
    private readonly string _keyName = "";
    private readonly string _userAgent = "";
    private readonly string? _session;
    private readonly IReadOnlyList<string> _tags = [];
    private readonly Surface _surface;
    private readonly Protocol _protocol;

    public PendingFlow(CompletedRequest ended)
    {
        var request = ended.Request;
        _used = ended.Used;
        _outcome = ended.Outcome;
        _keyName = request.Client.Name;
        _userAgent = request.UserAgent;
        _session = request.SessionKey;
        _tags = request.FlowTags;
        _surface = request.Surface;
        _protocol = request.ClientProtocol.Protocol;
    }

    public PendingFlow(FlowRecord ready) => _ready = ready;

    /// <summary>What was captured of its bodies, or null.</summary>
    public FlowCapture? Capture { get; init; }

    /// <summary>The record, without bodies.</summary>
    public FlowRecord ToRecord(Func<Candidate, Protocol> protocolFor)
    {
        if (_ready is not null) return _ready;
        var (used, outcome) = (_used!, _outcome!);
        var answered = outcome.ServedBy;
        var asked = answered ?? outcome.FailedBy;
        var usage = outcome.Usage;
        return new FlowRecord
        {
            Id = used.RequestId,
            StartedAt = used.At,
            FirstByte = used.FirstByte,
            Duration = used.Duration,
            KeyId = used.KeyId,
            KeyName = _keyName,
            UserAgent = SearchText(_userAgent, LongestName),
            Client = used.Client,
            Session = SearchText(_session ?? "", LongestName),
            Surface = FlowNames.Of(_surface),
            ClientProtocol = ProtocolRegistry.Traits(_protocol).Name,
            UpstreamProtocol = answered is null ? "" : ProtocolRegistry.Traits(protocolFor(answered)).Name,
            Mode = answered is null ? "" : outcome.Mode ?? "",
            RequestedModel = SearchText(used.RequestedModel, LongestName),
            Model = asked?.Model.Id ?? "",
            Provider = used.Provider,
            AccountId = used.AccountId,
            AccountLabel = asked?.Account.Label ?? "",
            Stream = used.Stream,
            Status = outcome.Status,
            Error = outcome.Error is { } error ? SearchText(error.Message, LongestWords) : null,
            ClientLeft = outcome.ClientLeft,
            Attempts = outcome.Attempts.Count == 0 ? [] : [.. outcome.Attempts.Select(attempt => AttemptOf(attempt, used.At))],
            Losses = outcome.Losses.Count == 0 ? [] : [.. outcome.Losses.Select(LossOf)],
            InputTokens = usage?.InputTokens,
            OutputTokens = usage?.OutputTokens,
            CachedTokens = usage?.CachedTokens,
            CacheWriteTokens = usage?.CacheWriteTokens,
            ReasoningTokens = usage?.ReasoningTokens,
            Cost = used.Cost,
            Marks = _tags.Count == 0 ? new FlowMarks() : new FlowMarks { Tags = _tags },
        };
    }

    /// <summary>The accounts that were tried: their secrets are to be kept out of the bodies.</summary>
    public IEnumerable<Account> Accounts => _outcome?.Attempts.Select(attempt => attempt.Candidate.Account) ?? [];

    /// <summary>Words of others as they may stand in a record: not at any length, and without what looks like a key.</summary>
    internal static string SearchText(string text, int longest)
    {
        if (text.Length == 0) return text;
        if (text.Length > longest) text = string.Concat(text.AsSpan(0, longest), "…");
        return SecretPatterns.Redact(text);
    }

    private static FlowAttempt AttemptOf(AttemptRecord attempt, DateTimeOffset since)
    {
        var (account, model) = (attempt.Candidate.Account, attempt.Candidate.Model);
        return new FlowAttempt(account.Id, account.Label, account.Provider, model.Id, attempt.Candidate.Reason ?? "", SearchText(attempt.Outcome, LongestWords), attempt.Duration)
        {
            ReasonCode = attempt.Candidate.ReasonCode, Cause = attempt.Candidate is { ReasonCode: RouteReasons.CoolingDown, Cooldown: { } cooldown } ? RouteReasons.CauseOf(cooldown.Cause) : null,
            Started = attempt.StartedAt > since ? attempt.StartedAt - since : TimeSpan.Zero, Transport = attempt.Transport,
        };
    }

    private static FlowLoss LossOf(Loss loss) => new(loss.Kind == LossKind.Dropped ? "dropped" : "approximated", loss.Path, loss.Reason);
}
