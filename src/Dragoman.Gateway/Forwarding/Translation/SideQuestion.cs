using System.Text.Json;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Translation;

/// <summary>
/// A question of the gateway's own to the account of an attempt, in its upstream's protocol (the summary of a history). What it costs is counted with the client's request; that it fails says nothing of the request.
/// </summary>
internal static class SideQuestion
{
    /// <summary>The words of the answer; null where none came.</summary>
    public static async Task<string?> AskAsync(Attempt attempt, UpstreamModel model, ConversationRequest question, ActivityTimeout timeout, CancellationToken cancellationToken)
    {
        var account = attempt.Candidate.Account;
        var protocol = ProtocolRegistry.Upstream(attempt.Provider.ProtocolFor(account, model));
        var exchange = new TranslationContext(question, model)
        {
            MaxAnswerBytes = attempt.Options.MaxAnswerBytes,
            Options = attempt.Provider.OptionsOf(account, model),
            ConversationKey = attempt.Request.Scope.Id,
            CreatedAt = attempt.Services.Time.GetUtcNow().ToUnixTimeSeconds(),
        };
        try
        {
            timeout.Expect(attempt.Options.FirstByteTimeout);
            using var body = new PooledBuffer(4096, attempt.Services.Memory);
            protocol.WriteRequest(exchange, body);
            var call = new UpstreamCall(account, model, UpstreamOperation.Generate) { Body = body.WrittenMemory, ClientHeaders = protocol.HeadersOf(exchange) };
            using var wrapped = Envelopes.Wrap(attempt.Provider, ref call, attempt.Services.Memory);
            using var message = await attempt.Provider.CreateRequestAsync(call, cancellationToken);
            if (message is null) return null;
            using var response = await attempt.Services.Http.SendAsync(account, message, cancellationToken);
            if (!response.IsSuccessStatusCode) return null;
            await ResponseKind.DecodeAsync(response, cancellationToken);
            await Envelopes.UnwrapAsync(attempt.Provider, response, attempt.Options.MaxAnswerBytes, attempt.Options.MaxFrameBytes, attempt.Services.Memory, cancellationToken);
            using var answer = new PooledBuffer(4096, attempt.Services.Memory);
            await attempt.ReadAnswerAsync(response, answer, timeout);
            return Read(attempt, protocol, exchange, answer);
        }
        catch (Exception ex) when (ex is HttpRequestException or IOException or InvalidDataException or JsonException or WireException)
        {
            return null;
        }
    }

    private static string? Read(Attempt attempt, IUpstreamProtocol protocol, TranslationContext exchange, PooledBuffer body)
    {
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        if (ResponseKind.IsJson(body.WrittenSpan) == true) protocol.ReadAnswer(body.WrittenMemory, exchange, normalizer);
        else UpstreamFrames.ReadAll(body.WrittenMemory, protocol, exchange, normalizer);
        normalizer.Complete();
        if (normalizer.Usage is { } usage) attempt.CountBeside(exchange.Model, usage);
        if (normalizer.Error is not null) return null;
        var words = string.Concat(folder.Answer.Blocks.OfType<TextBlock>().Select(static block => block.Text.ToString())).Trim();
        return words.Length == 0 ? null : words;
    }
}
