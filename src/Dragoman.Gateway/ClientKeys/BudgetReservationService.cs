using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Usage;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>
/// Reserves what a request may cost at most before any upstream is called. The reservation is durable; what was really used is booked
/// when the request ends.
/// </summary>
public sealed partial class BudgetReservationService(IBudgetStore store, IRouter router, PriceCatalog prices, UsageLedgerWriter book, Func<BudgetOptions> options, TimeProvider time, ILogger log)
{
    /// <summary>Names this process in the store; made anew at every start.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whose the budgets of a key are, in the store.</summary>
    public static string OwnerOf(string keyId) => "key:" + keyId;

    /// <summary>Reserves, or says why not. The client's leaving does not stop it: a reservation half made would be nobody's.</summary>
    internal async ValueTask<(WireError? Refusal, BudgetReservation? Hold)> ReserveAsync(ClientRequest request, RequestSize size)
    {
        var client = request.Client;
        var output = size.Output(options().MaxOutput);
        // A quarter more: the length is a guess.
        var input = size.Input + size.Input / 4;
        var worst = WorstOf(request, input, output, out var unknown);
        if (unknown && options().RefuseUnknownPrice && client.Budgets.Any(limit => limit.Unit == BudgetUnit.Money))
        {
            return (new WireError(ErrorKind.Permission, $"The price of '{request.Model}' is not known, and the API key '{client.Name}' has a budget in money. Add the model to prices: in the configuration, or set budgets.unknown-price: allow.")
            {
                Code = "unknown_price", Param = "model",
            }, null);
        }

        var hold = new BudgetReservation(store, book, request, input, output, worst, log);
        var reservation = new ReservationRecord
        {
            RequestId = request.FlowId,
            Instance = Instance,
            Lines = [.. client.Budgets.Select(limit => new BudgetLine(OwnerOf(client.KeyId), limit))],
            Tokens = input + output,
            Money = hold.MoneyFor(output),
            Term = ReservationReaper.Term,
            IfOrphaned = Estimate(request, input, output, worst is null ? null : hold.MoneyFor(output)),
        };
        try
        {
            var verdict = await store.ReserveAsync(reservation, CancellationToken.None);
            return verdict.Granted ? (null, hold) : (Exceeded(client, reservation, verdict.Refusal), null);
        }
        catch (StoreException ex)
        {
            LogUnavailable(client.KeyId, ex.Message);
            return (new WireError(ErrorKind.Api, $"The API key '{client.Name}' has a budget, and the store that keeps it does not answer; nothing is spent unseen. Try again in a moment.")
            {
                Status = 503, Code = "budget_store_unavailable", RetryAfter = TimeSpan.FromSeconds(5),
            }, null);
        }
    }

    /// <summary>The dearest price among those who may answer, for a request of this size; null when none of them has one.</summary>
    private ModelPrice? WorstOf(ClientRequest request, long input, long output, out bool unknown)
    {
        ModelPrice? worst = null;
        unknown = false;
        // Failover goes by the same plan.
        foreach (var candidate in (request.Plan ??= router.Plan(request.Route)).Candidates)
        {
            if (prices.Find(candidate.Account.Provider, candidate.Model.Id) is not { } price) unknown = true;
            else if (worst is null || price.MaxCost(input, output) > worst.MaxCost(input, output)) worst = price;
        }

        return worst;
    }

    private UsageEntry Estimate(ClientRequest request, long input, long output, decimal? money) => new()
    {
        RequestId = request.FlowId,
        At = time.GetUtcNow(),
        KeyId = request.Client.KeyId,
        Model = request.Model,
        RequestedModel = request.Model,
        Client = ClientFamily.Of(request.UserAgent),
        Stream = request.Stream,
        Failed = true,
        InputTokens = input,
        OutputTokens = output,
        Cost = money,
        Estimated = true,
    };

    private WireError Exceeded(ClientIdentity client, ReservationRecord wanted, BudgetStatus? status)
    {
        if (status is null) return new WireError(ErrorKind.Quota, $"The budget of the API key '{client.Name}' is used up.") { Code = "budget_exceeded" };
        var limit = status.Limit;
        var wait = status.End - time.GetUtcNow();
        var period = limit.Period switch { BudgetPeriod.Day => "daily ", BudgetPeriod.Month => "monthly ", _ => "" };
        var (left, needed, all) = limit.Unit == BudgetUnit.Money
            ? (FormattableString.Invariant($"${status.Remaining:0.######}"), FormattableString.Invariant($"${wanted.Money:0.######}"), FormattableString.Invariant($"${limit.Limit:0.######}"))
            : (FormattableString.Invariant($"{status.Remaining:0} tokens"), FormattableString.Invariant($"{wanted.Tokens:0}"), FormattableString.Invariant($"{limit.Limit:0}"));
        var reset = status.End is { } end ? FormattableString.Invariant($" It resets at {end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}.") : " It does not reset.";
        return new WireError(ErrorKind.Quota, $"The {period}budget of the API key '{client.Name}' has {left} of {all} left; this request may need up to {needed}.{reset}")
        {
            Code = "budget_exceeded",
            RetryAfter = wait > TimeSpan.Zero ? wait : null,
        };
    }

    [LoggerMessage(32, LogLevel.Error, "A request of the key {Key} was refused, because its budget could not be reserved: {Reason}")]
    private partial void LogUnavailable(string key, string reason);
}
