using System.Diagnostics;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Observability.Telemetry;

/// <summary>
/// Makes a server span of every request and a client span of every attempt, and measures both, by OpenTelemetry's conventions for generative
/// AI. Numbers, names and states only: nothing that anybody said. Exists only where something is exported.
/// </summary>
internal sealed class RequestTelemetry(TelemetryInstruments instruments, ProviderRegistry providers) : IRequestObserver
{
    /// <inheritdoc/>
    public void Began(ClientRequest request)
    {
        if (!instruments.Source.HasListeners()) return;
        var operation = ProtocolRegistry.Traits(request.ClientProtocol.Protocol).TelemetryOperation;
        var origin = request.Origin;
        var parent = ActivityContext.TryParse(origin.TraceParent, origin.TraceState, isRemote: true, out var remote) ? remote : default;
        // The framework's own activity, which is not exported, must not become the parent.
        Activity.Current = null;
        var span = instruments.Source.CreateActivity($"{operation} {request.Model}", ActivityKind.Server, parent);
        if (span is null) return;
        span.SetTag(GenAi.Operation, operation);
        span.SetTag(GenAi.RequestModel, request.Model);
        if (request.Stream) span.SetTag(GenAi.RequestStream, true);
        // Only what the client itself calls its session: the other hints may name a person.
        if (request.SessionKey is { } session && session.StartsWith("h:", StringComparison.Ordinal)) span.SetTag(GenAi.Conversation, session[2..]);
        if (origin.Host is { } host)
        {
            span.SetTag(GenAi.ServerAddress, host);
            if (origin.Port is { } port) span.SetTag(GenAi.ServerPort, port);
        }

        span.Start();
    }

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        using var span = Activity.Current is { } current && current.Source == instruments.Source ? current : null;
        Describe(ended, span);
    }

    private void Describe(CompletedRequest ended, Activity? span)
    {
        var now = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        var outcome = ended.Outcome;
        foreach (var attempt in outcome.Attempts) AddEvents(ended, attempt, span, now);
        var failed = outcome.ClientLeft ? "client_left" : outcome.Error is { } error ? GenAi.ErrorOf(error.Kind.ToString()) : outcome.Status >= 400 ? "internal_error" : null;
        Measure(ended, failed);
        if (span is not { IsAllDataRequested: true }) return;
        span.SetTag(GenAi.Status, outcome.Status);
        span.SetTag("dragoman.flow.id", ended.Request.FlowId);
        span.SetTag("dragoman.attempts", outcome.Attempts.Count);
        span.SetTag("dragoman.losses", outcome.Losses.Count);
        if (outcome.Mode is { } mode) span.SetTag("dragoman.mode", mode);
        if (ended.Request.Client.KeyId is { Length: > 0 } key) span.SetTag("dragoman.key.id", key);
        if (ended.Used.Cost is { } cost) span.SetTag("dragoman.cost", (double)cost);
        if (ended.FirstByte is { } first && ended.Request.Stream) span.SetTag(GenAi.FirstChunk, first.TotalSeconds);
        if (outcome.ServedBy is { } answered)
        {
            span.SetTag(GenAi.Provider, ProviderOf(answered.Account));
            span.SetTag(GenAi.ResponseModel, answered.Model.Id);
            span.SetTag("dragoman.account", answered.Account.Label);
        }

        Record(span, outcome.Usage);
        if (failed is null) return;
        span.SetTag(GenAi.ErrorType, failed);
        // What is the client's own fault is no fault of the server's, as the conventions for HTTP have it.
        if (outcome.Status >= 500 || outcome.Status is >= 200 and < 300) span.SetStatus(ActivityStatusCode.Error, failed);
    }

    /// <summary>The conventions' name of the system that an account is at.</summary>
    private string ProviderOf(Account account) => providers[account.Provider].TelemetryNameOf(account);

    private void AddEvents(CompletedRequest ended, AttemptRecord attempt, Activity? parent, (DateTimeOffset Time, long Stamp) now)
    {
        var word = AttemptOutcomeLabel.From(attempt);
        var (account, model) = (attempt.Candidate.Account, attempt.Candidate.Model.Id);
        var provider = ProviderOf(account);
        var operation = ProtocolRegistry.Traits(account.Protocol).TelemetryOperation;
        var failed = word == AttemptOutcomeLabel.Answered ? null : GenAi.ErrorOf(word);
        var answered = ReferenceEquals(attempt.Candidate, ended.Outcome.ServedBy) && attempt == ended.Outcome.Attempts[^1];
        var tags = new TagList { { GenAi.Operation, operation }, { GenAi.Provider, provider }, { GenAi.RequestModel, model } };
        if (Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var address))
        {
            tags.Add(GenAi.ServerAddress, address.Host);
            tags.Add(GenAi.ServerPort, address.Port);
        }

        if (failed is not null) tags.Add(GenAi.ErrorType, failed);
        instruments.ClientDuration.Record(attempt.Duration.TotalSeconds, tags);
        instruments.Attempts.Add(1, new KeyValuePair<string, object?>("dragoman.account", account.Label), new KeyValuePair<string, object?>("outcome", word));
        if (answered && ended.Outcome.Usage is { } usage)
        {
            if (usage.InputTokens is { } input) instruments.Tokens.Record(input, [.. tags, new(GenAi.TokenType, "input")]);
            if (usage.OutputTokens is { } output) instruments.Tokens.Record(output, [.. tags, new(GenAi.TokenType, "output")]);
        }

        if (parent is not { Recorded: true }) return;
        var end = now.Time - Stopwatch.GetElapsedTime(attempt.EndedAt, now.Stamp);
        using var span = instruments.Source.StartActivity(ActivityKind.Client, parent.Context, tags, links: null, end - attempt.Duration, $"{operation} {model}");
        if (span is null) return;
        span.SetTag("dragoman.account", account.Label);
        if (answered)
        {
            span.SetTag(GenAi.ResponseModel, model);
            Record(span, ended.Outcome.Usage);
        }

        if (failed is not null) span.SetStatus(ActivityStatusCode.Error, failed);
        span.SetEndTime(end.UtcDateTime);
    }

    private void Measure(CompletedRequest ended, string? failed)
    {
        var outcome = ended.Outcome;
        var tags = new TagList { { GenAi.Operation, ProtocolRegistry.Traits(ended.Request.ClientProtocol.Protocol).TelemetryOperation } };
        if (outcome.ServedBy is { } answered)
        {
            tags.Add(GenAi.Provider, ProviderOf(answered.Account));
            // Names that clients make up would be series without end: the model counts where it was answered.
            tags.Add(GenAi.RequestModel, ended.Request.Model);
            tags.Add(GenAi.ResponseModel, answered.Model.Id);
        }

        if (ended.FirstByte is { } first && failed is null)
        {
            instruments.TimeToFirstToken.Record(first.TotalSeconds, tags);
            if (ended.Request.Stream && outcome.Usage?.OutputTokens is > 1 and var output) instruments.TimePerToken.Record((ended.Duration - first).TotalSeconds / (output - 1), tags);
        }

        if (ended.Used.Cost is { } cost) instruments.Cost.Add((double)cost, tags);
        if (outcome.Attempts.Count > 1) instruments.Retries.Add(outcome.Attempts.Count - 1, tags);
        if (outcome.Losses.Count > 0) instruments.Losses.Add(outcome.Losses.Count, tags);
        if (failed is not null) tags.Add(GenAi.ErrorType, failed);
        instruments.ServerDuration.Record(ended.Duration.TotalSeconds, tags);
    }

    private static void Record(Activity span, TokenUsage? usage)
    {
        if (usage is null) return;
        Record(span, GenAi.InputTokens, usage.InputTokens);
        Record(span, GenAi.OutputTokens, usage.OutputTokens);
        Record(span, GenAi.CachedTokens, usage.CachedTokens);
        Record(span, GenAi.CacheWriteTokens, usage.CacheWriteTokens);
        Record(span, GenAi.ReasoningTokens, usage.ReasoningTokens);
    }

    private static void Record(Activity span, string name, long? tokens)
    {
        if (tokens is { } count) span.SetTag(name, count);
    }
}
