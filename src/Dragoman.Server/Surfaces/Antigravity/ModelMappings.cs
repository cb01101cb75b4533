using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>
/// What the page keeps of models (<c>hidden</c>, <c>pinned</c>, <c>alias</c>, <c>mapping</c>), and what a name means on this surface by it: a model with a mapping is answered by that one, whether it is served itself or not, and
/// an alias is a further name of its model. Kept in the store; requests read what the store had a moment ago.
/// </summary>
internal sealed class ModelMappings
{
    private const string Key = "models";
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(5);

    private readonly AntigravityState _state;
    private readonly TimeProvider _time;
    private volatile Names _names = new(new(StringComparer.OrdinalIgnoreCase), new(StringComparer.OrdinalIgnoreCase));
    private long _readAt;

    public ModelMappings(AntigravityState state, TimeProvider time)
    {
        (_state, _time) = (state, time);
        _ = RefreshAsync();
    }

    /// <summary>All that is kept, by model.</summary>
    public Task<JsonObject> ReadAsync(CancellationToken cancellationToken) => _state.ObjectAsync(Key, cancellationToken);

    /// <summary>Changes what is kept of a model; a member that is null is forgotten.</summary>
    /// <returns>What is kept of it now.</returns>
    public async Task<JsonObject> ChangeAsync(string model, JsonObject change, CancellationToken cancellationToken)
    {
        var all = await ReadAsync(cancellationToken);
        var own = all[model] as JsonObject ?? [];
        ServerSettings.Merge(own, change);
        all[model] = own.DeepClone();
        await _state.SetAsync(Key, all, cancellationToken);
        _names = NamesIn(all);
        return own;
    }

    /// <summary>The model that a name means.</summary>
    public string TargetOf(string requested, IReadOnlyList<VisibleModel> models)
    {
        // Another node may have changed them.
        if (_time.GetElapsedTime(Volatile.Read(ref _readAt)) > ReadAgainAfter) _ = RefreshAsync();
        var names = _names;
        if (names.Mappings.TryGetValue(requested, out var target)) return target;
        return names.Aliases.TryGetValue(requested, out var model) && !models.Any(known => known.Id.Equals(requested, StringComparison.OrdinalIgnoreCase)) ? names.Mappings.GetValueOrDefault(model, model) : requested;
    }

    private static Names NamesIn(JsonObject all)
    {
        var names = new Names(new(StringComparer.OrdinalIgnoreCase), new(StringComparer.OrdinalIgnoreCase));
        foreach (var (model, value) in all)
        {
            if (value is not JsonObject kept) continue;
            if (kept.Text("mapping") is { Length: > 0 } target && target != model) names.Mappings[model] = target;
            if (kept.Text("alias") is { Length: > 0 } alias && alias != model) names.Aliases.TryAdd(alias, model);
        }

        return names;
    }

    private async Task RefreshAsync()
    {
        Volatile.Write(ref _readAt, _time.GetTimestamp());
        try
        {
            _names = NamesIn(await ReadAsync(CancellationToken.None));
        }
        catch (StoreException)
        {
            // What was known stays.
        }
    }

    private sealed record Names(Dictionary<string, string> Mappings, Dictionary<string, string> Aliases);
}
