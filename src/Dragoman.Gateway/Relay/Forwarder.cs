using Dragoman.Gateway.Accounts;
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
        var stream = request.Stream ? new ClientStream(request, channel, services.Options, services.Time, services.Heartbeat) : null;
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
        var route = new RouteRequest(request.Model, request.Language.Language) { SessionKey = services.Router.BindsSessions ? request.SessionKey : null };
        AttemptResult? last = null;
        try
        {
            for (var round = 0; ; round++)
            {
                var plan = services.Router.Plan(route);
                if (plan.Error is { } error)
                {
                    if (await WaitAsync(error.RetryAfter, round, RoundsOf(request, plan), clientGone)) continue;
                    last ??= new AttemptResult { Failure = new Failure(FailureClass.Capacity, error) };
                    break;
                }

                TimeSpan? wait = null;
                var tried = 0;
                foreach (var candidate in plan.Candidates)
                {
                    if (round > RoundsOf(request, candidate.Account)) continue;
                    if (tried++ > 0 && tried > Limit(services.Options.MaxCandidates)) break;
                    last = await TryAsync(request, route, candidate, channel, stream, outcome, clientGone);
                    if (last.Failure is not { } failure) return;
                    if (FailurePolicy.After(failure.Class) == NextStep.Surface || outcome.Attempts.Count >= services.Options.MaxAttempts)
                    {
                        wait = null;
                        break;
                    }

                    if (FailurePolicy.WorthAnotherRound(failure.Class)) wait = Sooner(wait, failure.Error.RetryAfter ?? PauseBefore(round + 1));
                }

                if (wait is null || !await WaitAsync(wait, round, RoundsOf(request, plan), clientGone)) break;
            }
        }
        catch (WireException fault)
        {
            last = new AttemptResult { Failure = new Failure(FailureClass.InvalidRequest, fault.Error) };
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
    private async Task<bool> WaitAsync(TimeSpan? wait, int round, int rounds, CancellationToken clientGone)
    {
        if (round >= rounds || wait is not { } time || time > services.Options.MaxRetryInterval) return false;
        await Task.Delay(time, services.Time, clientGone);
        return true;
    }

    /// <summary>How many further rounds an account takes part in.</summary>
    private int RoundsOf(ClientRequest request, Account account)
        => (account.RequestRetry ?? services.Options.RequestRetry) + (request.Stream ? services.Options.BootstrapRetries : 0);

    /// <summary>How many further rounds there are at most: as many as the account that takes part in most of them.</summary>
    private int RoundsOf(ClientRequest request, RoutePlan plan)
    {
        var most = -1;
        foreach (var candidate in plan.Candidates) most = Math.Max(most, RoundsOf(request, candidate.Account));
        foreach (var exclusion in plan.Excluded)
        {
            if (exclusion.Until is not null) most = Math.Max(most, RoundsOf(request, exclusion.Account));
        }

        return most;
    }

    /// <summary>The pause where no upstream named one: short, and longer each time.</summary>
    private static TimeSpan PauseBefore(int round) => TimeSpan.FromMilliseconds(125 << Math.Min(round, 4));

    private static TimeSpan Sooner(TimeSpan? one, TimeSpan other) => one is { } time && time < other ? time : other;

    private static int Limit(int most) => most > 0 ? most : int.MaxValue;

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
