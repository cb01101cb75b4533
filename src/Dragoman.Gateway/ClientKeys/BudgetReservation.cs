using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>A reservation of one request: raised while its answer grows, settled or released when it ends.</summary>
internal sealed partial class BudgetReservation(IBudgetStore store, UsageLedgerWriter book, ClientRequest request, long input, long output, ModelPrice? price, ILogger log)
{
    private readonly Lock _gate = new();
    private long _output = output;
    private Task _extending = Task.CompletedTask;

    /// <summary>The tokens of answer that are reserved.</summary>
    public long Output => Volatile.Read(ref _output);

    /// <summary>What so many tokens of answer may cost with the prompt; nothing where the price is unknown.</summary>
    public decimal MoneyFor(long answer) => price?.MaxCost(input, answer) ?? 0;

    /// <summary>
    /// The answer has grown beyond what was reserved: half as much again is taken. Where a budget has no room for it the answer goes on all
    /// the same (it is paid for upstream), and others find the budget used up.
    /// </summary>
    public void Extend(long answer)
    {
        lock (_gate)
        {
            if (answer <= _output || !_extending.IsCompleted) return;
            var next = answer + answer / 2;
            Volatile.Write(ref _output, next);
            _extending = RaiseAsync(next);
        }
    }

    /// <summary>Books what was used; true when that is done, or will be.</summary>
    public async ValueTask<bool> EndAsync(UsageEntry used)
    {
        await _extending;
        // Nobody answered, so nothing was spent.
        var unused = used.AccountId.Length == 0 && used.InputTokens == 0 && used.OutputTokens == 0;
        try
        {
            if (unused)
            {
                await store.ReleaseAsync(used.RequestId, CancellationToken.None);
                return false;
            }

            await store.SettleAsync(used, CancellationToken.None);
            return true;
        }
        catch (StoreException ex)
        {
            LogLater(used.RequestId, ex.Message);
            book.SettleLater(used, release: unused);
            return true;
        }
    }

    private async Task RaiseAsync(long answer)
    {
        // The writer of the stream does not wait for the store.
        await Task.Yield();
        try
        {
            await store.RaiseAsync(request.FlowId, input + answer, MoneyFor(answer), CancellationToken.None);
        }
        catch (StoreException ex)
        {
            LogLater(request.FlowId, ex.Message);
        }
    }

    [LoggerMessage(33, LogLevel.Warning, "The budget of request {Request} is booked later: {Reason}")]
    private partial void LogLater(string request, string reason);
}
