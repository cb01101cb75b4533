using System.Collections.Concurrent;

namespace Dragoman.Server.Api.Responses;

/// <summary>The responses that are being made without a client.</summary>
internal sealed class BackgroundRuns
{
    private readonly ConcurrentDictionary<(string Owner, string Id), BackgroundRun> _runs = [];

    /// <summary>How many there are.</summary>
    public int Count => _runs.Count;

    public BackgroundRun? Find(string owner, string id) => _runs.GetValueOrDefault((owner, id));

    public void Add(BackgroundRun run) => _runs[(run.Owner, run.Id)] = run;

    public void Remove(BackgroundRun run) => _runs.TryRemove(new((run.Owner, run.Id), run));
}
