using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Failover;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// The way of a request through the heart: attempt after attempt until one answers or all have failed (<see cref="FailoverLoop"/>), then the
/// models that stand in, and then one clear error. A failure before the first byte to the client is invisible to it; after that the error is
/// written in the client's own protocol.
/// </summary>
public sealed class Forwarder(ForwardingServices services)
{
    /// <summary>Answers a request. Never throws for what client or upstream did; <paramref name="clientGone"/> ends it quietly.</summary>
    public async Task<RequestOutcome> ForwardAsync(ClientRequest request, IResponseChannel channel, CancellationToken clientGone)
    {
        AttemptResult? final = null;
        var context = new RequestContext(request, channel, services, clientGone);
        try
        {
            var plan = request.Plan;
            request.Plan = null;
            var loop = new FailoverLoop(context, request.Route, plan);
            AttemptResult result;
            try
            {
                result = await loop.RunAsync();
                if (result.Failure is not null) result = await TryFallbackModelsAsync(context, result) ?? result;
            }
            catch (WireException ex)
            {
                result = new AttemptResult { Failure = new Failure(FailureClass.InvalidRequest, ex.Error) };
            }

            if (result.Failure is { IsEmptyAnswer: true } && request.EmptyAnswerText is { } text) result = await EmptyAnswer.WriteAsync(context, result, text);
            result = AsAccountsMatter(result, request.Model);
            final = result;
            if (result.Failure is not null) await WriteErrorAsync(context, result, loop.BackAt);
        }
        catch (Exception ex) when (clientGone.IsCancellationRequested && ex is OperationCanceledException or IOException)
        {
            return context.ToOutcome(final, clientLeft: true);
        }
        finally
        {
            await context.DisposeAsync();
        }

        return context.ToOutcome(final, clientLeft: false);
    }

    /// <summary>
    /// Lets the fallback models try, one after the other; one level deep, so that two that are each other's fallback make no circle. Whatever they
    /// say, a failure is reported in the words of the model that was asked for.
    /// </summary>
    /// <returns>The attempt that answered, or null when none did.</returns>
    private async Task<AttemptResult?> TryFallbackModelsAsync(RequestContext context, AttemptResult result)
    {
        // Another model would not take a wrong request either; a name that nobody serves is another matter.
        var unserved = result is { AskedOf: null, Failure.Error.Code: "model_not_found" };
        var route = context.Request.Route;
        if ((FailurePolicy.After(result.Failure!) == NextStep.Surface && !unserved) || route.Pin is not null) return null;
        foreach (var name in services.Router.FallbacksOf(route).Concat(context.Request.Fallbacks))
        {
            if (!MayAsk(context.Request, name)) continue;
            context.Fallback = name;
            var tried = await new FailoverLoop(context, route with { Model = name }).RunAsync();
            if (tried.Failure is null) return tried;
        }

        context.Fallback = null;
        return null;
    }

    /// <summary>A key that may not use a model does not get it as a stand-in either.</summary>
    private static bool MayAsk(ClientRequest request, string model)
    {
        var allowed = request.Client.Scopes.Models;
        return allowed.Count == 0 || allowed.Any(pattern => Wildcard.Matches(pattern, model));
    }

    /// <summary>The credential that a provider refuses is the account's: the gateway's owner mends it, or the gateway renews it. The client's own key is good.</summary>
    private static AttemptResult AsAccountsMatter(AttemptResult result, string model)
    {
        if (result is not { AskedOf: { } asked, Failure: { Class: FailureClass.AuthDead or FailureClass.AuthExpired } failure }) return result;
        var error = failure.Class == FailureClass.AuthDead ? AccountErrors.CredentialRefused(asked.Account, model, failure.Error) : AccountErrors.TokenRefused(asked.Account, model, failure.Error);
        return result with { Failure = failure with { Error = error }, ErrorBody = default };
    }

    private async Task WriteErrorAsync(RequestContext context, AttemptResult last, DateTimeOffset? backAt)
    {
        if (context.Stream is { } stream) await stream.DisposeAsync();
        var (request, failed) = (context.Request, last.AskedOf);
        var headers = new AnswerHeaders
        {
            Flow = request.FlowId,
            Provider = failed?.Account.Provider,
            Account = failed?.Account.Label,
            Model = failed?.Model.Id,
            Attempts = context.Attempts,
            RetryAfter = WaitFor(last.Failure!, backAt),
            Upstream = last.Headers,
        };
        await ErrorAnswer.WriteAsync(request.ClientProtocol, last.Failure!.Error, context.Channel, headers, last.ErrorBody, context.ClientGone);
    }

    /// <summary>How long the client shall wait: until the first of all accounts is back, which may be sooner than the last one asked said.</summary>
    private TimeSpan? WaitFor(Failure failure, DateTimeOffset? backAt)
    {
        if (failure.Error.RetryAfter is not { } hinted || failure.Class is not (FailureClass.RateLimited or FailureClass.QuotaExhausted or FailureClass.Capacity)) return failure.Error.RetryAfter;
        var wait = backAt - services.Time.GetUtcNow();
        return wait > TimeSpan.Zero && wait < hinted ? wait : hinted;
    }
}
