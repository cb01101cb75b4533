using System.Text.Json;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// The way of a request through the heart: plan, attempt after attempt until one answers or all have failed, and then one clear error.
/// A failure before the first byte to the client is invisible to it; after that the error is written in the client's own language.
/// </summary>
public sealed class Forwarder(RelayServices services)
{
    /// <summary>Answers a request. Never throws for what client or upstream did; <paramref name="clientGone"/> ends it quietly.</summary>
    public async Task<RelayOutcome> ForwardAsync(ClientRequest request, IClientChannel channel, CancellationToken clientGone)
    {
        var outcome = new RelayOutcome();
        var stream = request.Stream ? new ClientStream(request, channel, services.Options, services.Time) : null;
        try
        {
            await RunAsync(request, channel, stream, outcome, clientGone);
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

    private async Task RunAsync(ClientRequest request, IClientChannel channel, ClientStream? stream, RelayOutcome outcome, CancellationToken clientGone)
    {
        var route = new RouteRequest(request.Model, request.Language.Language) { SessionKey = request.SessionKey };
        AttemptResult? last = null;
        try
        {
            for (var round = 0; ; round++)
            {
                var plan = services.Router.Plan(route);
                if (plan.Error is { } error)
                {
                    if (await WaitAsync(error.RetryAfter, round, clientGone)) continue;
                    last = last is null ? new AttemptResult { Failure = new Failure(FailureClass.Capacity, error) } : last;
                    break;
                }

                foreach (var candidate in plan.Candidates)
                {
                    last = await TryAsync(request, route, candidate, channel, stream, outcome, clientGone);
                    if (last.Failure is null) return;
                    if (FailurePolicy.After(last.Failure.Class) == NextStep.Surface || outcome.Attempts.Count >= services.Options.MaxAttempts) break;
                }

                if (last?.Failure is not { } failure || !FailurePolicy.WorthAnotherRound(failure.Class) || outcome.Attempts.Count >= services.Options.MaxAttempts) break;
                if (!await WaitAsync(failure.Error.RetryAfter ?? TimeSpan.FromMilliseconds(250), round, clientGone)) break;
            }
        }
        catch (WireException fault)
        {
            last = new AttemptResult { Failure = new Failure(FailureClass.InvalidRequest, fault.Error) };
        }
        catch (JsonException fault)
        {
            var error = new WireError(ErrorKind.InvalidRequest, $"The request body is not valid JSON: {fault.Message}") { Code = "invalid_json" };
            last = new AttemptResult { Failure = new Failure(FailureClass.InvalidRequest, error) };
        }

        await TellAsync(request, last!, channel, stream, outcome, clientGone);
    }

    private async Task<AttemptResult> TryAsync(
        ClientRequest request, RouteRequest route, Candidate candidate, IClientChannel channel, ClientStream? stream, RelayOutcome outcome, CancellationToken clientGone)
    {
        for (var again = 0; ; again++)
        {
            var started = services.Time.GetTimestamp();
            var result = await new Attempt(request, candidate, services, stream, channel, outcome, clientGone).RunAsync();
            clientGone.ThrowIfCancellationRequested();
            var duration = services.Time.GetElapsedTime(started);
            if (result.Failure is not { } failure)
            {
                outcome.Attempts.Add(new AttemptRecord(candidate, result.BrokeOff is null ? "answered" : $"broke off: {result.BrokeOff.Message}", duration));
                outcome.Answered = candidate;
                outcome.Status = 200;
                outcome.Usage = result.Usage;
                outcome.Error = result.BrokeOff;
                services.Router.ReportSuccess(route, candidate);
                return result;
            }

            outcome.Attempts.Add(new AttemptRecord(candidate, $"{failure.Class}: {failure.Error.EffectiveStatus} {failure.Error.Message}", duration));
            var step = FailurePolicy.After(failure.Class);
            if (step == NextStep.RetrySame && again < services.Options.TransientRetries && outcome.Attempts.Count < services.Options.MaxAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << again), services.Time, clientGone);
                continue;
            }

            if (FailurePolicy.CoolsDown(failure.Class)) services.Router.ReportFailure(candidate, failure);
            return result;
        }
    }

    /// <summary>Waits for another round; false when there shall be none.</summary>
    private async Task<bool> WaitAsync(TimeSpan? wait, int round, CancellationToken clientGone)
    {
        if (round >= services.Options.RequestRetry || wait is not { } time || time > services.Options.MaxRetryInterval) return false;
        await Task.Delay(time, services.Time, clientGone);
        return true;
    }

    private async Task TellAsync(ClientRequest request, AttemptResult last, IClientChannel channel, ClientStream? stream, RelayOutcome outcome, CancellationToken clientGone)
    {
        var error = last.Failure!.Error;
        outcome.Error = error;
        outcome.Status = error.EffectiveStatus;
        if (stream is not null) await stream.DisposeAsync();
        var failed = outcome.Attempts.Count > 0 ? outcome.Attempts[^1].Candidate : null;
        var headers = new AnswerHeaders
        {
            Flow = request.FlowId,
            Provider = failed?.Account.Provider,
            Account = failed?.Account.Label,
            Model = failed?.Model.Id,
            Attempts = outcome.Attempts.Count,
            RetryAfter = error.RetryAfter,
            Upstream = last.Headers,
        };
        await ErrorAnswer.WriteAsync(request.Language, error, channel, headers, last.ErrorBody, clientGone);
    }
}
