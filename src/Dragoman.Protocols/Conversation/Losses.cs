namespace Dragoman.Protocols.Conversation;

/// <summary>How a thing fared that the target protocol could not carry as it was.</summary>
public enum LossKind
{
    /// <summary>The thing is gone.</summary>
    Dropped,

    /// <summary>The thing was carried in another form that means nearly the same.</summary>
    Approximated,
}

/// <summary>One thing a translation could not carry whole.</summary>
/// <param name="Kind">Gone, or carried approximately.</param>
/// <param name="Path">Where it stood in the source, e.g. <c>tools[3].strict</c> or <c>messages[2].content[0]</c>.</param>
/// <param name="Reason">A few words for people: why, and what was done instead.</param>
public readonly record struct Loss(LossKind Kind, string Path, string Reason);

/// <summary>
/// Collects what a translation could not carry. A field that vanishes without an entry here is a bug.
/// </summary>
public sealed class Losses
{
    private const int Limit = 200;
    private List<Loss>? _items;

    /// <summary>The losses so far, in the order they were found; bounded.</summary>
    public IReadOnlyList<Loss> Items => _items ?? (IReadOnlyList<Loss>)[];

    /// <summary>Whether anything was lost.</summary>
    public bool Any => _items is { Count: > 0 };

    /// <summary>Reports a thing dropped.</summary>
    public void Drop(string path, string reason) => Add(new(LossKind.Dropped, path, reason));

    /// <summary>Reports a thing carried approximately.</summary>
    public void Approximate(string path, string reason) => Add(new(LossKind.Approximated, path, reason));

    /// <summary>Reports every extra that does not belong to <paramref name="target"/>; those that do are the writer's to write.</summary>
    public void DropForeign(List<Extra>? extras, Protocol target, string path = "")
    {
        if (extras is null) return;
        foreach (var extra in extras)
        {
            if (extra.Protocol != target) Drop(path.Length == 0 ? extra.Name : $"{path}.{extra.Name}", $"not known to {target}");
        }
    }

    /// <summary>
    /// Reports the extras on blocks, turns and tools that do not belong to <paramref name="target"/> and that no writer has reported by
    /// name: every request writer ends with this, so that none is forgotten. Those of the request itself are the writer's to judge.
    /// </summary>
    internal void DropForeign(ConversationRequest request, Protocol target)
    {
        for (var i = 0; i < request.System.Count; i++) DropUnreported(request.System[i].Extras, target, $"system[{i}]");
        for (var i = 0; i < request.Tools.Count; i++) DropUnreported(request.Tools[i].Extras, target, $"tools[{i}]");
        foreach (var turn in request.Turns)
        {
            DropUnreported(turn.Extras, target, "messages[]");
            DropUnreported(turn.Blocks, target);
        }
    }

    /// <summary>Reports a loss.</summary>
    public void Add(Loss loss)
    {
        _items ??= [];
        // The same loss on every message of a long conversation says nothing new.
        if (_items.Count < Limit && !_items.Contains(loss)) _items.Add(loss);
    }

    private void DropUnreported(List<Block> blocks, Protocol target)
    {
        foreach (var block in blocks)
        {
            if (block.Extras is not null) DropUnreported(block.Extras, target, "messages[].content[]");
            if (block is ToolResultBlock result) DropUnreported(result.Content, target);
        }
    }

    private void DropUnreported(List<Extra>? extras, Protocol target, string path)
    {
        if (extras is null) return;
        foreach (var extra in extras)
        {
            if (extra.Protocol != target && !Names(path, extra.Name)) Drop($"{path}.{extra.Name}", $"not known to {target}");
        }
    }

    /// <summary>Whether a loss names the thing already, or the whole that it is part of.</summary>
    private bool Names(string path, string name)
    {
        if (_items is null) return false;
        foreach (var loss in _items)
        {
            if (loss.Path.EndsWith(name, StringComparison.Ordinal) || (loss.Kind == LossKind.Dropped && loss.Path == path)) return true;
        }

        return false;
    }
}
