using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Failover;
using Dragoman.Gateway.Forwarding.Streaming;
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
        var outcome = new RequestOutcome();
        var stream = request.Stream ? new ClientStream(request, channel, services.Options, services.Time, services.Timer) : null;
        try
        {
            var route = request.Route;
            AttemptResult result;
            try
            {
                result = await new FailoverLoop(request, route, services, stream, channel, outcome, clientGone).RunAsync();
                if (result.Failure is not null && await TryFallbackModelsAsync(request, route, result, channel, stream, outcome, clientGone)) return outcome;
            }
            catch (WireException ex)
            {
                result = new AttemptResult { Failure = new Failure(FailureClass.InvalidRequest, ex.Error) };
            }

            if (result.Failure is not null) await WriteErrorAsync(request, route, result, channel, stream, outcome, clientGone);
        }
        catch (OperationCanceledException) when (clientGone.IsCancellationRequested)
        {
            outcome.ClientLeft = true;
            outcome.Status = 499;
        }
        catch (IOException) when (clientGone.IsCancellationRequested)
        {
            outcome.ClientLeft = true;
            outcome.Status = 499;
        }
        finally
        {
            if (stream is not null) await stream.DisposeAsync();
        }

        return outcome;
    }

    /// <summary>
    /// Lets the fallback models try, one after the other; one level deep, so that two that stand in for each other make no circle. Whatever they
    /// say, a failure is reported in the words of the model that was asked for.
    /// </summary>
    private async Task<bool> TryFallbackModelsAsync(ClientRequest request, RouteRequest route, AttemptResult result, IResponseChannel channel, ClientStream? stream, RequestOutcome outcome, CancellationToken clientGone)
    {
        // Another model would not take a wrong request either; a name that nobody serves is another matter.
        var unserved = result is { FailedBy: null, Failure.Error.Code: "model_not_found" };
        if ((FailurePolicy.After(result.Failure!.Class) == NextStep.Surface && !unserved) || route.AccountId is not null) return false;
        foreach (var name in services.Router.FallbacksOf(route))
        {
            if (!MayAsk(request, name)) continue;
            outcome.Fallback = name;
            var tried = await new FailoverLoop(request, route with { Model = name }, services, stream, channel, outcome, clientGone).RunAsync();
            if (tried.Failure is null) return true;
        }

        outcome.Fallback = null;
        return false;
    }

    /// <summary>A key that may not use a model does not get it as a stand-in either.</summary>
    private static bool MayAsk(ClientRequest request, string model)
    {
        var allowed = request.Client.Scopes.Models;
        return allowed.Count == 0 || allowed.Any(pattern => Wildcard.Matches(pattern, model));
    }

    private async Task WriteErrorAsync(ClientRequest request, RouteRequest route, AttemptResult last, IResponseChannel channel, ClientStream? stream, RequestOutcome outcome, CancellationToken clientGone)
    {
        var error = last.Failure!.Error;
        outcome.Error = error;
        outcome.Status = error.EffectiveStatus;
        if (stream is not null) await stream.DisposeAsync();
        var failed = last.FailedBy;
        var headers = new AnswerHeaders
        {
            Flow = request.FlowId,
            Provider = failed?.Account.Provider,
            Account = failed?.Account.Label,
            Model = failed?.Model.Id,
            Attempts = outcome.Attempts.Count,
            RetryAfter = WaitFor(route, last.Failure),
            Upstream = last.Headers,
        };
        await ErrorAnswer.WriteAsync(request.ClientProtocol, error, channel, headers, last.ErrorBody, clientGone);
    }

    /// <summary>How long the client shall wait: until the first of all accounts is back, which may be sooner than the last one asked said.</summary>
    private TimeSpan? WaitFor(RouteRequest route, Failure failure)
    {
        if (failure.Error.RetryAfter is not { } hinted || failure.Class is not (FailureClass.RateLimited or FailureClass.QuotaExhausted or FailureClass.Capacity)) return failure.Error.RetryAfter;
        var wait = services.Router.Plan(route, dryRun: true).BackAt - services.Time.GetUtcNow();
        return wait > TimeSpan.Zero && wait < hinted ? wait : hinted;
    }
}
