using Dragoman.Wire;
using Dragoman.Wire.AnthropicMessages;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>The lane between two speakers of the same language: bytes pass as they are.</summary>
internal static class RelayLane
{
    public static async Task<AttemptResult> RunAsync(Attempt attempt, Patience patience)
    {
        attempt.Outcome.Lane = "relay";
        using var response = await SendAsync(attempt, patience);
        if (!response.IsSuccessStatusCode) return await attempt.FailAsync(response, patience);
        if (UpstreamForm.IsPage(response)) return attempt.Misled(response, "sent a web page");
        var events = UpstreamForm.IsEventStream(response);
        if (attempt.Stream is null && !events) return await AnswerWholeAsync(attempt, response, patience);
        if (attempt.Stream is { } stream && events && attempt.Request.Language.StreamMediaType == "text/event-stream")
        {
            return await RelayedStream.RunAsync(attempt, stream, response, patience);
        }

        // The upstream answered in another form than the client asked for: it is told again in that one.
        return await TranslateLane.AnswerAsync(attempt, response, TranslateLane.ExchangeFor(attempt), patience);
    }

    private static Task<HttpResponseMessage> SendAsync(Attempt attempt, Patience patience)
    {
        var request = attempt.Request;
        var anthropic = attempt.Provider.TakesAttribution(attempt.Candidate.Account);
        // Only Anthropic itself holds threads; a host that speaks its language would answer a last turn without those before it.
        if (!anthropic && attempt.UpstreamLanguage == Language.AnthropicMessages && MessageThreads.MayBeIn(request.Body.Span)) MessageThreads.RefuseContinuation(request.Conversation);
        var splice = RequestSplice.Of(request, attempt.Candidate.Model, anthropic);
        attempt.Told = splice.Losses;
        attempt.Outcome.Losses = splice.Losses?.Items ?? [];
        if (splice.IsEmpty) return attempt.SendAsync(request.Body, written: null, request.LanguageHeaders, patience);
        var scratch = new PooledBuffer(request.Body.Length + 256, attempt.Services.Memory);
        splice.Apply(request.Body.Span, scratch);
        return attempt.SendAsync(scratch.WrittenMemory, scratch, request.LanguageHeaders, patience);
    }

    private static async Task<AttemptResult> AnswerWholeAsync(Attempt attempt, HttpResponseMessage response, Patience patience)
    {
        using var body = new PooledBuffer(4096, attempt.Services.Memory);
        await attempt.ReadAnswerAsync(response, body, patience);
        var language = Languages.Upstream(attempt.UpstreamLanguage);
        if (UpstreamForm.IsJson(body.WrittenSpan) != true)
        {
            // A stream of events under JSON's label is told whole, as it was asked for.
            if (UpstreamForm.IsEvents(body.WrittenSpan)) return await TranslateLane.AnswerBodyAsync(attempt, response, language, TranslateLane.ExchangeFor(attempt), body);
            throw new InvalidDataException(body.Length == 0 ? "an empty answer." : "an answer that is not JSON.");
        }

        if (ErrorInAnswer.Find(language, body.WrittenMemory) is { } error) return FailInside(attempt, response, error, body.WrittenMemory);
        attempt.Outcome.Answered = attempt.Candidate;
        attempt.Channel.Begin((int)response.StatusCode, UpstreamForm.JsonType(response), attempt.HeadersFor(response, attempt.Told, body.Length));
        try
        {
            await WholeAnswer.SendAsync(attempt, body.WrittenMemory);
        }
        finally
        {
            // Paid for, whether or not the client stayed for it.
            attempt.Outcome.Usage = UsageOf(attempt, body.WrittenMemory);
            attempt.Outcome.SaidAll = true;
            attempt.Outcome.HadContent = true;
        }

        return new AttemptResult { Usage = attempt.Outcome.Usage };
    }

    /// <summary>A failure told in a 200. A client of the same language gets the body itself where it has the form of an error.</summary>
    private static AttemptResult FailInside(Attempt attempt, HttpResponseMessage response, WireError error, ReadOnlyMemory<byte> body)
    {
        var told = ErrorInAnswer.HasEnvelope(body.Span) ? Redaction.Apply(body, attempt.Candidate.Account.Credential).ToArray() : default(ReadOnlyMemory<byte>);
        return attempt.Fail(error, response.Headers) with { ErrorBody = told, Usage = UsageOf(attempt, body) };
    }

    private static Usage? UsageOf(Attempt attempt, ReadOnlyMemory<byte> body)
    {
        try
        {
            var language = Languages.Upstream(attempt.UpstreamLanguage);
            if (language.TryReadUsage(body, out var usage)) return usage;
            var sink = new UsageSink();
            var request = new ConversationRequest { Source = attempt.UpstreamLanguage, Model = attempt.Candidate.Model.Id };
            language.ReadAnswer(body, new Exchange(request, attempt.Candidate.Model), sink);
            return sink.Usage;
        }
        catch (System.Text.Json.JsonException)
        {
            // The client got what the upstream said; that it is no JSON is theirs to find.
            return null;
        }
    }

    private sealed class UsageSink : IAnswerSink
    {
        public Usage Usage { get; private set; } = new();

        public void Write(in AnswerEvent answerEvent)
        {
            if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        }
    }
}
