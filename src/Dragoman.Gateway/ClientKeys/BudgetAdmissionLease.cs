using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Let in by rates and by a reservation in its key's budgets.</summary>
internal sealed class BudgetAdmissionLease(KeyAdmissionLease limits, BudgetReservation hold) : AdmissionLease
{
    public override long? ExpectedOutput => hold.Output;

    public override void OnExceeded(long outputTokens) => hold.Extend(outputTokens);

    public override async ValueTask<bool> EndAsync(UsageEntry used)
    {
        await limits.EndAsync(used);
        return await hold.EndAsync(used);
    }
}
