using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Lets requests in by what their key may do, its rates on this node, and its budgets in the store, in this order.</summary>
public sealed class KeyAdmissionController(KeyRateLimiters meters, BudgetReservationService budgets, TimeProvider time) : IAdmissionController
{
    /// <summary>What an answer without a limit is taken to be long for the tokens a minute; the real number is counted at its end.</summary>
    private const long AssumedOutput = 1_000;

    /// <summary>An answer may be with its client a moment before its place is free again: so long the next request waits before it is refused.</summary>
    private static readonly TimeSpan PlaceWait = TimeSpan.FromMilliseconds(25);

    /// <inheritdoc/>
    public ValueTask<AdmissionLease> AcquireAsync(ClientRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var client = request.Client;
        if (Forbidden(request) is { } model) return new(AdmissionLease.Refused(KeyScope.Refusal(client, model), []));
        if (!client.IsLimited) return new(AdmissionLease.Free);
        var size = client.TokensPerMinute is null && client.Budgets.Count == 0 ? default : RequestSize.Measure(request);
        if (client.Concurrency is { } places && meters.Rates(client).Open >= places) return AcquireWhenLoadedAsync(request, size);
        return Acquire(request, size);
    }

    /// <summary>The first model that a request names, or lets its upstream fall back to, and that the key is not for; null when there is none.</summary>
    private static string? Forbidden(ClientRequest request)
    {
        if (!request.Client.AllowsModel(request.Model)) return request.Model;
        if (request.Client.Scopes.Models.Count == 0) return null;
        foreach (var other in request.Head.OtherModels)
        {
            if (!request.Client.AllowsModel(other)) return other;
        }

        return null;
    }

    private async ValueTask<AdmissionLease> AcquireWhenLoadedAsync(ClientRequest request, RequestSize size)
    {
        await Task.Delay(PlaceWait, time, CancellationToken.None);
        return await Acquire(request, size);
    }

    private ValueTask<AdmissionLease> Acquire(ClientRequest request, RequestSize size)
    {
        var limits = TryTake(request, size, place: true, out var refusal);
        if (refusal is not null) return new(refusal);
        return request.Client.Budgets.Count == 0 ? new(limits!) : ReserveAsync(request, size, limits!);
    }

    /// <inheritdoc/>
    public AdmissionLease AcquireForCounting(ClientRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var client = request.Client;
        if (Forbidden(request) is { } model) return AdmissionLease.Refused(KeyScope.Refusal(client, model), []);
        if (client.RequestsPerMinute is null) return AdmissionLease.Free;
        // No place is held and no token is used, so there is nothing to give back.
        return TryTake(request, default, place: false, out var refusal) ?? refusal!;
    }

    private KeyAdmissionLease? TryTake(ClientRequest request, RequestSize size, bool place, out AdmissionLease? refusal)
    {
        refusal = null;
        var client = request.Client;
        if (client is { RequestsPerMinute: null, TokensPerMinute: null, Concurrency: null }) return new KeyAdmissionLease(null, default, meters);
        var tokens = 0L;
        if (place && client.TokensPerMinute is { } limit)
        {
            if (size.Input > limit)
            {
                refusal = TooLarge(client, size.Input, limit);
                return null;
            }

            // A request that asks for more output than the limit allows has its turn when nothing else has used any.
            tokens = Math.Min(limit, size.Input + size.Output(AssumedOutput));
        }

        var meter = meters.Get(client.KeyId);
        var answer = meter.TryAcquire(client, meters.Now, tokens, place);
        var headers = LimitHeaders.Create(request.Traits, answer.Rates, time.GetUtcNow());
        if (answer.Lack == LimitReached.Nothing) return new KeyAdmissionLease(meter, answer.Taken, meters) { Headers = headers };
        refusal = AdmissionLease.Refused(Error(answer, client), headers);
        return null;
    }

    private async ValueTask<AdmissionLease> ReserveAsync(ClientRequest request, RequestSize size, KeyAdmissionLease limits)
    {
        try
        {
            var (refusal, hold) = await budgets.ReserveAsync(request, size);
            if (refusal is null) return new BudgetAdmissionLease(limits, hold!) { Headers = limits.Headers };
            limits.Return();
            return AdmissionLease.Refused(refusal, refusal.RetryAfter is { } wait && wait <= TimeSpan.FromMinutes(1) ? limits.Headers : [.. limits.Headers, AnswerHeaders.DoNotRetry]);
        }
        catch
        {
            limits.Return();
            throw;
        }
    }

    private static WireError Error(in MeterAnswer answer, ClientIdentity client)
    {
        var (what, limit) = answer.Lack switch
        {
            LimitReached.Requests => ("requests per minute (RPM)", (long)client.RequestsPerMinute!),
            LimitReached.Tokens => ("tokens per minute (TPM)", client.TokensPerMinute!.Value),
            _ => ("requests at once", (long)client.Concurrency!),
        };
        var wait = answer.Wait is { } time && time > TimeSpan.Zero ? time : TimeSpan.FromSeconds(1);
        return new WireError(ErrorKind.RateLimit, FormattableString.Invariant($"Rate limit reached for the API key '{client.Name}' on {what}: Limit {limit}. Please try again in {Math.Ceiling(wait.TotalSeconds)}s."))
        {
            Code = "rate_limit_exceeded",
            RetryAfter = wait,
        };
    }

    private static AdmissionLease TooLarge(ClientIdentity client, long tokens, long limit) => AdmissionLease.Refused(
        new WireError(ErrorKind.RateLimit, FormattableString.Invariant($"Request too large for the API key '{client.Name}' on tokens per minute (TPM): Limit {limit}, Requested about {tokens}. Send less, or raise the key's limit."))
        {
            Code = "rate_limit_exceeded",
        },
        [AnswerHeaders.DoNotRetry]);
}
