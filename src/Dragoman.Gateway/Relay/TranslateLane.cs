using Dragoman.Wire;
using Dragoman.Wire.AnthropicMessages;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>The lane between two languages: read into the conversation in the middle, written out of it, and the same way back.</summary>
internal static class TranslateLane
{
    public static async Task<AttemptResult> RunAsync(Attempt attempt, Patience patience)
    {
        attempt.Outcome.Lane = "translate";
        var request = attempt.Request;
        var conversation = request.Conversation;
        conversation.Reasoning = attempt.Candidate.SuffixReasoning ?? request.OriginalReasoning;
        attempt.Services.Vault.Restore(conversation, attempt.Candidate.Model);
        var exchange = new Exchange(conversation, attempt.Candidate.Model)
        {
            ClientModel = request.Model,
            CreatedAt = attempt.Services.Time.GetUtcNow().ToUnixTimeSeconds(),
            // Only Messages has to say the prompt's size before the upstream does.
            EstimatedInputTokens = attempt.Stream is not null && request.Language.Language == Language.AnthropicMessages ? TokenEstimate.Of(conversation) : null,
        };
        var language = Languages.Upstream(attempt.UpstreamLanguage);
        using var response = await SendAsync(attempt, language, exchange, patience);
        if ((int)response.StatusCode >= 400) return await attempt.FailAsync(response, patience);
        return attempt.Stream is { } stream
            ? await TranslatedStream.RunAsync(attempt, stream, response, language, exchange, patience)
            : await AnswerWholeAsync(attempt, response, language, exchange, patience);
    }

    private static async Task<HttpResponseMessage> SendAsync(Attempt attempt, IUpstreamLanguage language, Exchange exchange, Patience patience)
    {
        using var body = new PooledBuffer(attempt.Request.Body.Length + 4096);
        if (language.Language != Language.AnthropicMessages) MessageThreads.RefuseContinuation(exchange.Request);
        language.WriteRequest(exchange, body);
        return await attempt.SendAsync(body.WrittenMemory, language.HeadersOf(exchange), attempt.Request.Stream, patience);
    }

    private static async Task<AttemptResult> AnswerWholeAsync(Attempt attempt, HttpResponseMessage response, IUpstreamLanguage language, Exchange exchange, Patience patience)
    {
        using var body = new PooledBuffer();
        await Attempt.ReadAnswerAsync(response, body, patience);
        var folder = new AnswerFolder(borrow: true);
        var normalizer = new AnswerNormalizer(exchange, new VaultObserver(attempt.Services.Vault, attempt.Candidate.Model, folder));
        if (IsEventStream(response)) UpstreamFrames.ReadAll(body.WrittenMemory, language, exchange, normalizer);
        else language.ReadAnswer(body.WrittenMemory, exchange, normalizer);
        normalizer.Complete();
        if (normalizer.Error is { } error) return attempt.Fail(error, response.Headers);
        attempt.Outcome.Losses = exchange.Losses.Items;
        attempt.Channel.Begin(200, "application/json", attempt.HeadersFor(response, exchange.Losses));
        attempt.Request.Language.WriteAnswer(folder.Answer, exchange, attempt.Channel.Body);
        await attempt.Channel.Body.FlushAsync(attempt.ClientGone);
        return new AttemptResult { Usage = normalizer.Usage };
    }

    /// <summary>Some servers stream whatever one asks.</summary>
    private static bool IsEventStream(HttpResponseMessage response)
        => response.Content.Headers.ContentType?.MediaType is "text/event-stream" or "application/vnd.amazon.eventstream";
}
