using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows.Conversations;

/// <summary>
/// The requests of a conversation so far, each compared with the earlier one whose prompt it goes on from: agents ask other things in between (a title, a search by a second agent) under the same session, and
/// those break no cache.
/// </summary>
internal sealed class PromptCacheHistory
{
    /// <summary>How many earlier requests a request may go on from.</summary>
    private const int MostEarlier = 8;

    /// <summary>Shorter prompts are not cached by any vendor, or not always.</summary>
    private const long LeastTokens = 2_048;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongLife = TimeSpan.FromHours(1);

    private readonly List<(FlowRecord Flow, PromptSegments? Prompt)> _earlier = [];

    /// <summary>Adds the next request.</summary>
    public PromptCacheStepView Add(FlowRecord flow, PromptSegments? prompt)
    {
        var isAnswered = flow.AccountId.Length > 0 && flow.Status < 400;
        PromptComparison comparison = default;
        PromptCacheBreakView? reason = null;
        if (_earlier.Count == 0)
        {
            reason = new PromptCacheBreakView("first", null, "It is the first request of the conversation that is kept.");
        }
        else
        {
            (var earlier, comparison) = Best(flow, prompt);
            if (isAnswered) reason = ReasonOf(earlier, flow, prompt, comparison);
        }

        // What failed left nothing in a cache.
        if (isAnswered)
        {
            _earlier.Add((flow, prompt));
            if (_earlier.Count > MostEarlier) _earlier.RemoveAt(0);
        }

        return new PromptCacheStepView(flow.Id, flow.StartedAt, flow.Model, flow.AccountLabel, flow.InputTokens, flow.CachedTokens, flow.CacheWriteTokens, comparison.KeptShare, reason);
    }

    /// <summary>The earlier request that this one goes on from: of those of the same model the one whose prompt stayed most, the latest of two alike; else the last.</summary>
    private ((FlowRecord Flow, PromptSegments? Prompt) Earlier, PromptComparison Comparison) Best(FlowRecord flow, PromptSegments? prompt)
    {
        ((FlowRecord, PromptSegments?) Earlier, PromptComparison Comparison)? best = null;
        for (var i = _earlier.Count - 1; i >= 0; i--)
        {
            var earlier = _earlier[i];
            if (earlier.Flow.RequestedModel != flow.RequestedModel) continue;
            var comparison = earlier.Prompt is null || prompt is null ? default : PromptComparison.Of(earlier.Prompt, prompt);
            if (best is null || comparison.Kept > best.Value.Comparison.Kept) best = (earlier, comparison);
        }

        if (best is { } found) return found;
        var last = _earlier[^1];
        return (last, last.Prompt is null || prompt is null ? default : PromptComparison.Of(last.Prompt, prompt));
    }

    private static PromptCacheBreakView? ReasonOf((FlowRecord Flow, PromptSegments? Prompt) earlier, FlowRecord flow, PromptSegments? prompt, PromptComparison comparison)
    {
        var before = earlier.Flow;
        if (before.AccountId != flow.AccountId) return new PromptCacheBreakView("account-changed", null, $"'{flow.AccountLabel}' answered, and '{before.AccountLabel}' before: a cache is one account's.");
        if (before.Model != flow.Model) return new PromptCacheBreakView("model-changed", null, $"{flow.Model} was asked, and {before.Model} before: a cache is one model's.");
        if (comparison.Changed is { } changed) return Changed(changed, comparison.KeptShare);
        if (!IsMissed(before, flow)) return null;
        var pause = flow.StartedAt - (before.StartedAt + before.Duration);
        var life = earlier.Prompt?.HasLongLife == true || prompt?.HasLongLife == true ? LongLife : Life;
        if (pause > life) return new PromptCacheBreakView("expired", null, string.Create(CultureInfo.InvariantCulture, $"The conversation paused for {pause.TotalMinutes:0} minutes; a cache lives about {life.TotalMinutes:0}."));
        return new PromptCacheBreakView("unknown", null, prompt is null || earlier.Prompt is null
            ? "Less than half of the earlier prompt was read from the cache; the requests are not recorded, so nobody can say what changed."
            : "Less than half of the earlier prompt was read from the cache, although nothing of what is recorded changed.");
    }

    /// <summary>Whether the upstream says that it read little of the earlier prompt from its cache.</summary>
    private static bool IsMissed(FlowRecord before, FlowRecord flow) => flow.CachedTokens is { } cached && before.InputTokens >= LeastTokens && cached * 2 < before.InputTokens;

    private static PromptCacheBreakView Changed(PromptSegment piece, double? kept)
    {
        var share = kept is { } part ? string.Create(CultureInfo.InvariantCulture, $" {part * 100:0.#} % of the earlier prompt stands before it.") : "";
        return piece.Section switch
        {
            PromptSection.Tools => new PromptCacheBreakView("tools-changed", piece.Path, $"The tools changed at {piece.Path}.{share}"),
            PromptSection.System => new PromptCacheBreakView("system-changed", piece.Path, $"The system prompt changed at {piece.Path}.{share}"),
            _ => new PromptCacheBreakView("message-changed", piece.Path, $"An earlier message changed at {piece.Path}.{share}"),
        };
    }
}
