using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows.Conversations;

/// <summary>Flows grouped by conversation, and what became of the prompt cache in one.</summary>
public sealed class ConversationArchive(FlowRecorder recorder, IFlowStore flows, TimeProvider time)
{
    /// <summary>How many requests of a conversation are looked at.</summary>
    private const int MostSteps = 100;

    /// <summary>How many bytes of recorded requests are read.</summary>
    private const long MostBytes = 64L << 20;

    /// <summary>Conversations are not paged by more: each is summed up by itself.</summary>
    private const int MostListed = 200;

    /// <summary>Conversations that have a flow that fits, the one with the newest such flow first.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="limit">How many at most: 1 to 200, 50 when null.</param>
    /// <param name="after">The <see cref="ConversationPageView.Next"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<ConversationPageView>> ListAsync(FlowFilter filter, int? limit, string? after, CancellationToken cancellationToken) => StoreCalls.RunAsync<ConversationPageView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (limit is < 1 or > MostListed) return ManagementError.Invalid($"limit is 1 to {MostListed}.", "limit");
        var query = filter.Read(time);
        if (!query.Succeeded) return query.Error;
        var part = Paging.Read(limit, after);
        if (!part.Succeeded) return part.Error;
        await recorder.FlushAsync(cancellationToken);
        var page = await flows.ConversationsAsync(query.Value, part.Value, cancellationToken);
        return new ConversationPageView([.. page.Items.Select(ConversationView.From)], page.Next);
    });

    /// <summary>What became of the prompt cache in a conversation: each request beside the earlier one that it goes on from.</summary>
    /// <param name="session">The conversation.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<PromptCacheView>> ExplainCacheAsync(string session, CancellationToken cancellationToken) => StoreCalls.RunAsync<PromptCacheView>(async () =>
    {
        await recorder.FlushAsync(cancellationToken);
        var page = string.IsNullOrEmpty(session) ? new Page<FlowRecord>([], null) : await flows.SearchAsync(new FlowQuery { Session = session }, new PageRequest(MostSteps), cancellationToken);
        if (page.Items.Count == 0) return ManagementError.NotFound($"There is no conversation '{session}'; it may have been let go by retention, or flows were off.");
        var history = new PromptCacheHistory();
        var steps = new List<PromptCacheStepView>();
        var left = MostBytes;
        foreach (var flow in page.Items.Reverse())
        {
            var body = left > 0 ? await flows.BodyAsync(flow.Id, FlowBodyKind.ClientRequest, cancellationToken) : null;
            left -= body?.Content.Length ?? 0;
            // A large body takes a while: not on a thread that requests wait for.
            var segments = body is null || body.Content.IsEmpty ? null : await Task.Run(() => PromptSegments.Read(body.Content.Span), cancellationToken);
            steps.Add(history.Add(flow, segments));
        }

        var reported = page.Items.Where(flow => flow.CachedTokens is not null).ToList();
        var share = ConversationView.Share(reported.Sum(flow => flow.CachedTokens ?? 0), reported.Sum(flow => flow.InputTokens ?? 0));
        return new PromptCacheView(session, share, steps, page.Next is not null);
    });
}
