using Dragoman.Management;
using Dragoman.Management.Flows;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The newest recorded requests: as many as that system keeps (wire note A.6), out of all that the gateway has.</summary>
internal sealed class KiroFlows(FlowArchive archive)
{
    /// <summary>How many flows that system keeps.</summary>
    public const int Ring = 500;

    /// <summary>The newest flows, newest first.</summary>
    public async Task<ManagementResult<IReadOnlyList<FlowView>>> NewestAsync(CancellationToken cancellationToken)
    {
        var page = await archive.ListAsync(new FlowFilter(), Ring, null, cancellationToken);
        return page.Map(static found => found.Flows);
    }

    /// <summary>How many were ever recorded and are kept.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var totals = await archive.GetTotalsAsync(cancellationToken);
        return totals.Succeeded ? totals.Value.Flows : 0;
    }

    /// <summary>A flow with what was said.</summary>
    public async Task<KiroFlowShape> WithTextAsync(FlowView flow, CancellationToken cancellationToken)
    {
        var said = await archive.GetExchangeAsync(flow.Id, cancellationToken);
        return new KiroFlowShape(flow, said.Succeeded ? KiroFlowText.From(said.Value.Request, said.Value.Answer) : KiroFlowText.From(null, null));
    }

    /// <summary>A flow with what was said; null where there is none, or it is none of the newest and has no bookmark.</summary>
    public async Task<KiroFlowShape?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var flow = await archive.GetAsync(id, cancellationToken);
        if (!flow.Succeeded) return null;
        if (!flow.Value.Bookmarked && await CountAsync(cancellationToken) > Ring)
        {
            var newest = await NewestAsync(cancellationToken);
            if (newest.Succeeded && !newest.Value.Any(one => one.Id == flow.Value.Id)) return null;
        }

        return await WithTextAsync(flow.Value, cancellationToken);
    }
}
