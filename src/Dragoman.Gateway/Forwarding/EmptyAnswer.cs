using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding;

/// <summary>Tells a client in an answer's own form that nobody who was asked has said anything: what a surface has in place of an empty answer.</summary>
internal static class EmptyAnswer
{
    /// <summary>Writes the answer, whole or as a stream.</summary>
    /// <param name="context">The request.</param>
    /// <param name="last">The attempt that is told of.</param>
    /// <param name="text">The words.</param>
    /// <returns>The attempt as one that the client has an answer of; the record keeps what was wrong with it.</returns>
    public static async Task<AttemptResult> WriteAsync(RequestContext context, AttemptResult last, string text)
    {
        var (request, asked, error) = (context.Request, last.AskedOf!, last.Failure!.Error);
        var exchange = new TranslationContext(request.Conversation, asked.Model) { ClientModel = request.ShownModel, CreatedAt = context.Services.Time.GetUtcNow().ToUnixTimeSeconds() };
        using var output = new PooledBuffer();
        var headers = new AnswerHeaders { Flow = request.FlowId, Provider = asked.Account.Provider, Account = asked.Account.Label, Model = asked.Model.Id, Attempts = context.Attempts, Upstream = last.Headers };
        if (context.Stream is { } stream)
        {
            Say(request.ClientProtocol.OpenStream(exchange, output));
            await stream.BeginAsync(request.ClientProtocol.StreamMediaType, headers, context.ClientGone);
            await stream.WriteAsync(output.WrittenMemory, context.ClientGone);
        }
        else
        {
            var folder = new AnswerAggregator();
            Say(folder);
            request.ClientProtocol.WriteAnswer(folder.Answer, exchange, output);
            context.Channel.Begin(200, "application/json", headers with { Length = output.Length });
            await WholeAnswer.SendAsync(context.Channel, output.WrittenMemory, context.Options.ClientWriteTimeout, context.Services.Time, context.ClientGone);
        }

        // What the attempts cost has been counted with them.
        return new AttemptResult { AskedOf = asked, Interrupted = error };

        void Say(IAnswerSink sink)
        {
            var normalizer = new AnswerNormalizer(exchange, sink);
            normalizer.Write(AnswerEvent.Started(new AnswerStart()));
            normalizer.Write(AnswerEvent.BlockStarted(0, BlockStart.Text));
            normalizer.Write(AnswerEvent.TextDelta(0, JsonText.From(text)));
            normalizer.Write(AnswerEvent.BlockEnded(0));
            normalizer.Write(AnswerEvent.UsageChanged(last.Usage ?? new TokenUsage { InputTokens = 0, OutputTokens = 0 }));
            normalizer.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
        }
    }
}
