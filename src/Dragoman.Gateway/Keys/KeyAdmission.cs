using Dragoman.Gateway.Relay;
using Dragoman.Gateway.State;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Keys;

/// <summary>Lets requests in by what their key may do, its rates on this node, and its budgets in the store, in this order.</summary>
public sealed class KeyAdmission(KeyMeters meters, BudgetDesk budgets, TimeProvider time) : IAdmission
{
    /// <summary>What an answer without a limit is taken to be long for the tokens a minute; the real number is counted at its end.</summary>
    private const long AssumedOutput = 1_000;

    /// <summary>An answer may be with its client a moment before its place is free again: so long the next request waits before it is refused.</summary>
    private static readonly TimeSpan PlacePatience = TimeSpan.FromMilliseconds(25);

    /// <inheritdoc/>
    public ValueTask<Pass> EnterAsync(ClientRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var caller = request.Caller;
        if (Forbidden(request) is { } model) return new(Pass.Refused(KeyScope.Refusal(caller, model), []));
        if (!caller.IsLimited) return new(Pass.Free);
        var size = caller.TokensPerMinute is null && caller.Budgets.Count == 0 ? default : RequestSize.Of(request);
        if (caller.Concurrency is { } places && meters.Rates(caller).Open >= places) return EnterLaterAsync(request, size);
        return Enter(request, size);
    }

    /// <summary>The first model that a request names, or lets its upstream fall back to, and that the key is not for; null when there is none.</summary>
    private static string? Forbidden(ClientRequest request)
    {
        if (!request.Caller.AllowsModel(request.Model)) return request.Model;
        if (request.Caller.Scopes.Models.Count == 0) return null;
        foreach (var other in request.Head.OtherModels)
        {
            if (!request.Caller.AllowsModel(other)) return other;
        }

        return null;
    }

    private async ValueTask<Pass> EnterLaterAsync(ClientRequest request, RequestSize size)
    {
        await Task.Delay(PlacePatience, time, CancellationToken.None);
        return await Enter(request, size);
    }

    private ValueTask<Pass> Enter(ClientRequest request, RequestSize size)
    {
        var limits = TryTake(request, size, place: true, out var refusal);
        if (refusal is not null) return new(refusal);
        return request.Caller.Budgets.Count == 0 ? new(limits!) : ReserveAsync(request, size, limits!);
    }

    /// <inheritdoc/>
    public Pass EnterCount(ClientRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var caller = request.Caller;
        if (Forbidden(request) is { } model) return Pass.Refused(KeyScope.Refusal(caller, model), []);
        if (caller.RequestsPerMinute is null) return Pass.Free;
        // No place is held and no token is used, so there is nothing to give back.
        return TryTake(request, default, place: false, out var refusal) ?? refusal!;
    }

    private KeyPass? TryTake(ClientRequest request, RequestSize size, bool place, out Pass? refusal)
    {
        refusal = null;
        var caller = request.Caller;
        if (caller is { RequestsPerMinute: null, TokensPerMinute: null, Concurrency: null }) return new KeyPass(null, default, meters);
        var tokens = 0L;
        if (place && caller.TokensPerMinute is { } limit)
        {
            if (size.Input > limit)
            {
                refusal = TooLarge(caller, size.Input, limit);
                return null;
            }

            // A request that asks for more output than the limit allows has its turn when nothing else has used any.
            tokens = Math.Min(limit, size.Input + size.Output(AssumedOutput));
        }

        var meter = meters.Of(caller.KeyId);
        var answer = meter.Enter(caller, meters.Now, tokens, place);
        var headers = LimitHeaders.Of(request.Language.Language, answer.Rates, time.GetUtcNow());
        if (answer.Lack == MeterLack.Nothing) return new KeyPass(meter, answer.Taken, meters) { Headers = headers };
        refusal = Pass.Refused(Error(answer, caller), headers);
        return null;
    }

    private async ValueTask<Pass> ReserveAsync(ClientRequest request, RequestSize size, KeyPass limits)
    {
        try
        {
            var (refusal, hold) = await budgets.ReserveAsync(request, size);
            if (refusal is null) return new BudgetPass(limits, hold!) { Headers = limits.Headers };
            limits.GiveBack();
            return Pass.Refused(refusal, refusal.RetryAfter is { } wait && wait <= TimeSpan.FromMinutes(1) ? limits.Headers : [.. limits.Headers, LimitHeaders.DoNotRetry]);
        }
        catch
        {
            limits.GiveBack();
            throw;
        }
    }

    private static WireError Error(in MeterAnswer answer, Caller caller)
    {
        var (what, limit) = answer.Lack switch
        {
            MeterLack.Requests => ("requests per minute (RPM)", (long)caller.RequestsPerMinute!),
            MeterLack.Tokens => ("tokens per minute (TPM)", caller.TokensPerMinute!.Value),
            _ => ("requests at once", (long)caller.Concurrency!),
        };
        var wait = answer.Wait is { } time && time > TimeSpan.Zero ? time : TimeSpan.FromSeconds(1);
        return new WireError(ErrorKind.RateLimit, FormattableString.Invariant($"Rate limit reached for the API key '{caller.Name}' on {what}: Limit {limit}. Please try again in {Math.Ceiling(wait.TotalSeconds)}s."))
        {
            Code = "rate_limit_exceeded",
            RetryAfter = wait,
        };
    }

    private static Pass TooLarge(Caller caller, long tokens, long limit) => Pass.Refused(
        new WireError(ErrorKind.RateLimit, FormattableString.Invariant($"Request too large for the API key '{caller.Name}' on tokens per minute (TPM): Limit {limit}, Requested about {tokens}. Send less, or raise the key's limit."))
        {
            Code = "rate_limit_exceeded",
        },
        [LimitHeaders.DoNotRetry]);
}
