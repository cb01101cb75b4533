using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Signatures;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Translation;

/// <summary>The path between two protocols: read into the conversation in the middle, written out of it, and the same way back.</summary>
internal static class TranslatedExchange
{
    public static async Task<AttemptResult> RunAsync(Attempt attempt, ActivityTimeout timeout)
    {
        attempt.Progress.Mode = "translated";
        await attempt.RenewAsync(timeout);
        var conversation = attempt.Request.Conversation;
        conversation.Reasoning = attempt.Candidate.SuffixReasoning ?? Wished(attempt.Request.OriginalReasoning, attempt.Candidate.DefaultReasoning);
        attempt.Request.Traits.CarryHeaders(attempt.Request.ProtocolHeaders, conversation, attempt.UpstreamProtocol, attempt.Candidate.Model);
        attempt.Services.ReasoningSignatures.Restore(conversation, attempt.Candidate.Model, attempt.Request.Scope);
        var exchange = ExchangeFor(attempt);
        var result = await AskAsync(attempt, exchange, timeout);
        return result.Failure is { Class: FailureClass.ContextTooLong } && attempt.Provider.Compaction is { } compaction ? await ShorterTries.RunAsync(attempt, compaction, exchange, result, timeout) : result;
    }

    /// <summary>Asks once, and tells the answer.</summary>
    public static async Task<AttemptResult> AskAsync(Attempt attempt, TranslationContext exchange, ActivityTimeout timeout)
    {
        using var response = await SendAsync(attempt, ProtocolRegistry.Upstream(attempt.UpstreamProtocol), exchange, timeout);
        return await AnswerAsync(attempt, response, exchange, timeout);
    }

    /// <summary>What the body asks for; where it says nothing of reasoning, what the model's name asks for.</summary>
    private static ReasoningOptions? Wished(ReasoningOptions? own, ReasoningOptions? byName)
        => byName is not null && own is null or { Mode: ReasoningMode.Unspecified, Effort: null, BudgetTokens: null } ? byName ?? own : own;

    /// <summary>The exchange of an attempt.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="options">What the protocol has to know; null for what the provider says of account and model.</param>
    public static TranslationContext ExchangeFor(Attempt attempt, UpstreamOptions? options = null)
    {
        var request = attempt.Request;
        return new TranslationContext(request.Conversation, attempt.Candidate.Model)
        {
            ClientModel = request.ShownModel,
            Losses = attempt.ReportedLosses ??= new(),
            MaxAnswerBytes = attempt.Options.MaxAnswerBytes,
            RefusesEmptyAnswers = request.EmptyAnswerText is not null,
            KeepsText = attempt.Stream is null || request.Traits.RepeatsTextAtEnd,
            KeepsAttribution = attempt.Provider.IsVendor(attempt.Candidate.Account),
            Options = options ?? attempt.Provider.OptionsOf(attempt.Candidate.Account, attempt.Candidate.Model),
            ConversationKey = request.Scope.Id,
            Clock = attempt.Services.Time,
            BeganAt = attempt.Services.Time.GetTimestamp(),
            CreatedAt = attempt.Services.Time.GetUtcNow().ToUnixTimeSeconds(),
            EstimatedInputTokens = attempt.Stream is not null && request.Traits.StatesPromptSizeFirst ? TokenEstimate.Compute(request.Conversation) : null,
        };
    }

    /// <summary>Tells an upstream's answer in the client's protocol.</summary>
    public static async Task<AttemptResult> AnswerAsync(Attempt attempt, HttpResponseMessage response, TranslationContext exchange, ActivityTimeout timeout)
    {
        if (!response.IsSuccessStatusCode) return await attempt.FailAsync(response, timeout);
        var protocol = ProtocolRegistry.Upstream(attempt.UpstreamProtocol);
        return attempt.Stream is { } stream
            ? await TranslatedStream.RunAsync(attempt, stream, response, protocol, exchange, timeout)
            : await AnswerWholeAsync(attempt, response, protocol, exchange, timeout);
    }

    private static Task<HttpResponseMessage> SendAsync(Attempt attempt, IUpstreamProtocol protocol, TranslationContext exchange, ActivityTimeout timeout)
    {
        attempt.Request.Traits.CheckTranslation(exchange.Request, protocol.Protocol);
        var body = new PooledBuffer(attempt.Request.Body.Length + 4096, attempt.Services.Memory);
        try
        {
            protocol.WriteRequest(exchange, body);
        }
        catch
        {
            body.Dispose();
            throw;
        }

        return attempt.SendAsync(body.WrittenMemory, body, protocol.HeadersOf(exchange), timeout);
    }

    private static async Task<AttemptResult> AnswerWholeAsync(Attempt attempt, HttpResponseMessage response, IUpstreamProtocol protocol, TranslationContext exchange, ActivityTimeout timeout)
    {
        using var body = new PooledBuffer(4096, attempt.Services.Memory);
        using var share = new MemoryShare(attempt.Services.Memory);
        exchange.Memory = share;
        await attempt.ReadAnswerAsync(response, body, timeout);
        return await AnswerBodyAsync(attempt, response, protocol, exchange, body);
    }

    /// <summary>Tells a whole answer that has been read, be it JSON or a stream of events.</summary>
    public static async Task<AttemptResult> AnswerBodyAsync(Attempt attempt, HttpResponseMessage response, IUpstreamProtocol protocol, TranslationContext exchange, PooledBuffer body)
    {
        // What it is shows in its first bytes; its label may be wrong.
        ResponseKind.RefusePage(body.WrittenSpan);
        var events = ResponseKind.IsJson(body.WrittenSpan) != true
            && (ResponseKind.IsEventStream(response) || (protocol.Framing == StreamFraming.AwsEventStream ? body.Length > 0 : ResponseKind.IsEvents(body.WrittenSpan)));
        // Frames live in their reader's buffer, which is gone before the answer is written; a whole body stays.
        var folder = new AnswerAggregator(borrow: !events);
        var normalizer = new AnswerNormalizer(exchange, new ReasoningSignatureRecorder(attempt.Services.ReasoningSignatures, attempt.Candidate.Model, attempt.Request.Scope, folder));
        if (events) UpstreamFrames.ReadAll(body.WrittenMemory, protocol, exchange, normalizer);
        else protocol.ReadAnswer(body.WrittenMemory, exchange, normalizer);
        normalizer.Complete();
        if (normalizer.Error is { } error) return attempt.Fail(error, response.Headers) with { Usage = normalizer.Usage };
        // What the client's protocol has no place for shows while the answer is written, and the headers have to say it.
        using var answer = new PooledBuffer(body.Length + 1024, attempt.Services.Memory);
        attempt.Request.ClientProtocol.WriteAnswer(folder.Answer, exchange, answer);
        attempt.Progress.Losses = exchange.Losses.Items;
        attempt.Progress.HasBegun = true;
        attempt.Progress.Usage = normalizer.Usage;
        attempt.Progress.IsComplete = true;
        attempt.Progress.HadContent = normalizer.HasContent;
        attempt.Channel.Begin(200, "application/json", attempt.HeadersFor(response, exchange.Losses, answer.Length));
        await attempt.WriteAnswerAsync(answer.WrittenMemory);
        return new AttemptResult { Usage = normalizer.Usage };
    }
}
