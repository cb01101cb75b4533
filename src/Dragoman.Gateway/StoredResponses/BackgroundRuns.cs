using System.Collections.Concurrent;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>The responses that are being made without a client.</summary>
public sealed class BackgroundRuns
{
    private readonly ConcurrentDictionary<(string Owner, string Id), BackgroundRun> _runs = [];

    /// <summary>How many there are.</summary>
    public int Count => _runs.Count;

    /// <summary>An owner's run by its response's id; null when there is none.</summary>
    public BackgroundRun? Find(string owner, string id) => _runs.GetValueOrDefault((owner, id));

    /// <summary>Adds a run.</summary>
    public void Add(BackgroundRun run) => _runs[(run.Owner, run.Id)] = run;

    /// <summary>Removes a run that has ended.</summary>
    public void Remove(BackgroundRun run) => _runs.TryRemove(new((run.Owner, run.Id), run));
}
