using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Translation;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Passthrough;

/// <summary>The path between two speakers of the same protocol: bytes pass as they are.</summary>
internal static class PassthroughExchange
{
    public static async Task<AttemptResult> RunAsync(Attempt attempt, ActivityTimeout timeout)
    {
        attempt.Progress.Mode = "passthrough";
        using var response = await SendAsync(attempt, timeout);
        if (!response.IsSuccessStatusCode) return await attempt.FailAsync(response, timeout);
        var events = ResponseKind.IsEventStream(response);
        if (attempt.Stream is null && !events) return await AnswerWholeAsync(attempt, response, timeout);
        if (attempt.Stream is { } stream && events && attempt.Request.ClientProtocol.StreamMediaType == "text/event-stream")
        {
            return await PassthroughStream.RunAsync(attempt, stream, response, timeout);
        }

        // The upstream answered in another form than the client asked for: it is reported again in that one.
        return await TranslatedExchange.AnswerAsync(attempt, response, TranslatedExchange.ExchangeFor(attempt), timeout);
    }

    private static Task<HttpResponseMessage> SendAsync(Attempt attempt, ActivityTimeout timeout)
    {
        var request = attempt.Request;
        var splice = RequestBodyPatcher.Create(request, attempt.Candidate.Model, attempt.Provider.IsVendor(attempt.Candidate.Account));
        attempt.ReportedLosses = splice.Losses;
        attempt.Progress.Losses = splice.Losses?.Items ?? [];
        if (splice.IsEmpty) return attempt.SendAsync(request.Body, written: null, request.ProtocolHeaders, timeout);
        var scratch = new PooledBuffer(request.Body.Length + 256, attempt.Services.Memory);
        splice.Apply(request.Body.Span, scratch);
        return attempt.SendAsync(scratch.WrittenMemory, scratch, request.ProtocolHeaders, timeout);
    }

    private static async Task<AttemptResult> AnswerWholeAsync(Attempt attempt, HttpResponseMessage response, ActivityTimeout timeout)
    {
        using var body = new PooledBuffer(4096, attempt.Services.Memory);
        await attempt.ReadAnswerAsync(response, body, timeout);
        var protocol = ProtocolRegistry.Upstream(attempt.UpstreamProtocol);
        if (ResponseKind.IsJson(body.WrittenSpan) != true)
        {
            // A stream of events under JSON's label is reported whole, as it was asked for.
            if (ResponseKind.IsEvents(body.WrittenSpan)) return await TranslatedExchange.AnswerBodyAsync(attempt, response, protocol, TranslatedExchange.ExchangeFor(attempt), body);
            ResponseKind.RefusePage(body.WrittenSpan);
            throw new InvalidDataException(body.Length == 0 ? "an empty answer." : "an answer that is not JSON.");
        }

        var failure = ErrorInAnswer.Find(protocol, body.WrittenMemory) ?? (attempt.Request.Traits.CreateCallProgress()?.IsTorn(body.WrittenSpan) == true ? ToolCallProgress.Error : null);
        if (failure is { } error) return FailInside(attempt, response, error, body.WrittenMemory);
        attempt.Progress.HasBegun = true;
        attempt.Channel.Begin((int)response.StatusCode, ResponseKind.JsonType(response), attempt.HeadersFor(response, attempt.ReportedLosses, body.Length));
        try
        {
            await attempt.WriteAnswerAsync(body.WrittenMemory);
        }
        finally
        {
            // Paid for, whether or not the client stayed for it.
            var said = ContentProbe.Whole(attempt.UpstreamProtocol, attempt.Candidate.Model, body.WrittenMemory);
            attempt.Progress.Usage = said?.Usage;
            attempt.Progress.IsComplete = true;
            attempt.Progress.HadContent = said?.HasContent ?? true;
        }

        return new AttemptResult { Usage = attempt.Progress.Usage };
    }

    /// <summary>A failure reported in a 200. A client of the same protocol gets the body itself where it has the form of an error.</summary>
    private static AttemptResult FailInside(Attempt attempt, HttpResponseMessage response, WireError error, ReadOnlyMemory<byte> body)
    {
        var reported = ErrorInAnswer.HasEnvelope(body.Span) ? Redaction.Apply(body, attempt.Credential).ToArray() : default(ReadOnlyMemory<byte>);
        return attempt.Fail(error, response.Headers) with { ErrorBody = reported, Usage = ContentProbe.Whole(attempt.UpstreamProtocol, attempt.Candidate.Model, body)?.Usage };
    }
}
