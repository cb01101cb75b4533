using System.Text.Json;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// Counts a prompt's tokens: exactly by the upstream that would answer it, where it offers a count and gives it in time, else by a local
/// estimate. The <c>x-dragoman-token-count</c> header says which.
/// </summary>
public sealed class TokenCounter(ForwardingServices services)
{
    /// <summary>Clients count in bursts while they type: better an estimate now than the truth too late.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const int MaxAnswerBytes = 1 << 20;

    /// <summary>Answers a request for a count.</summary>
    public async Task CountAsync(ClientRequest request, IResponseChannel channel, CancellationToken clientGone)
    {
        var plan = services.Router.Plan(request.Route, dryRun: true);
        if (plan.Error is { Kind: ErrorKind.NotFound } unknown)
        {
            await ErrorAnswer.WriteAsync(request.ClientProtocol, unknown, channel, new AnswerHeaders { Flow = request.FlowId }, default, clientGone);
            return;
        }

        try
        {
            Utf8TokenReader.Check(request.Body.Span);
            var conversation = request.ClientProtocol.ReadCountRequest(request.Body, request.Target);
            var candidate = plan.Candidates.Count > 0 ? plan.Candidates[0] : null;
            var exact = candidate is null ? null : await CountUpstreamAsync(request, conversation, candidate, clientGone);
            var headers = new AnswerHeaders
            {
                Flow = request.FlowId,
                Provider = candidate?.Account.Provider,
                Account = candidate?.Account.Label,
                Model = candidate?.Model.Id,
                TokenCount = exact is null ? "estimate" : "upstream",
            };
            channel.Begin(200, "application/json", headers);
            request.ClientProtocol.WriteTokenCount(exact ?? TokenEstimate.Compute(conversation), channel.Body);
            await channel.Body.FlushAsync(clientGone);
        }
        catch (WireException ex)
        {
            await ErrorAnswer.WriteAsync(request.ClientProtocol, ex.Error, channel, new AnswerHeaders { Flow = request.FlowId }, default, clientGone);
        }
        catch (JsonException ex)
        {
            await ErrorAnswer.WriteAsync(request.ClientProtocol, ClientRequest.NotJson(request.Body.Span, ex).Error, channel, new AnswerHeaders { Flow = request.FlowId }, default, clientGone);
        }
    }

    private async Task<long?> CountUpstreamAsync(ClientRequest request, ConversationRequest conversation, Candidate candidate, CancellationToken clientGone)
    {
        var provider = services.Providers[candidate.Account.Provider];
        var spoken = provider.ProtocolFor(candidate.Account, candidate.Model);
        var protocol = ProtocolRegistry.Upstream(spoken);
        request.Traits.CarryHeaders(request.ProtocolHeaders, conversation, spoken, candidate.Model);
        using var body = new PooledBuffer();
        using var timeout = new ActivityTimeout(services.Time, services.Timer, Limit, clientGone);
        try
        {
            var exchange = new TranslationContext(conversation, candidate.Model);
            if (!protocol.WriteCountRequest(exchange, body)) return null;
            var call = new UpstreamCall(candidate.Account, candidate.Model, UpstreamOperation.CountTokens)
            {
                Body = body.WrittenMemory,
                ClientHeaders = protocol.HeadersOf(exchange),
            };
            using var wrapped = Envelopes.Wrap(provider, ref call, services.Memory);
            using var message = await provider.CreateRequestAsync(call, timeout.Token);
            if (message is null || provider.TokenCounts is not { } counts) return null;
            using var response = await services.Http.SendAsync(candidate.Account, message, timeout.Token);
            // A refusal says nothing of the account's targets: many compatible servers have no such address.
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength > MaxAnswerBytes) return null;
            await ResponseKind.DecodeAsync(response, timeout.Token);
            await Envelopes.UnwrapAsync(provider, response, MaxAnswerBytes, MaxAnswerBytes, services.Memory, timeout.Token);
            return counts.Read(await response.Content.ReadAsByteArrayAsync(timeout.Token));
        }
        catch (Exception ex) when (!clientGone.IsCancellationRequested && ex is HttpRequestException or IOException or OperationCanceledException or WireException or InvalidDataException)
        {
            return null;
        }
    }
}
