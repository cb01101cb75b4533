using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>
/// Changes single values of a configuration's text in place: comments, order, blank lines, quotes and keys it does not know stay as they
/// are. What comes out is read again and compared: an edit that would change anything else is refused, never made.
/// </summary>
public static class ConfigEditor
{
    private const int MostDepth = 24;

    /// <summary>Sets a value; keys and lists on the way are made where they are missing.</summary>
    /// <param name="text">The configuration's text.</param>
    /// <param name="path">Where: <c>routing.strategy</c>, <c>api-keys[0]</c>, <c>api-keys[+]</c> for a new item.</param>
    /// <param name="value">What: any JSON; null takes the key away.</param>
    public static ConfigEdit Set(string text, string path, JsonNode? value)
        => value is null ? Remove(text, path) : Try(text, path, steps =>
        {
            var changed = Apply(text, steps, value);
            return (changed, ConfigShape.With(ConfigShape.From(Root(text)), steps, value));
        });

    /// <summary>Takes a key or an item away. One that is not there is no fault.</summary>
    /// <param name="text">The configuration's text.</param>
    /// <param name="path">Which.</param>
    public static ConfigEdit Remove(string text, string path) => Try(text, path, steps =>
    {
        var root = Root(text);
        var wanted = ConfigShape.From(root);
        if (Find(root, steps) is null) return (text, wanted);
        ConfigShape.Without(wanted, steps);
        return (Drop(text, steps), wanted);
    });

    /// <summary>The value at a path as JSON (scalars as text); null when it is absent, empty, or the path or text is none.</summary>
    /// <param name="text">The configuration's text.</param>
    /// <param name="path">Which.</param>
    public static JsonNode? Get(string text, string path)
    {
        try
        {
            return ConfigPath.Parse(path) is { } parsed && Find(Root(text), [.. parsed.Steps]) is { } node ? ConfigShape.From(node) : null;
        }
        catch (EditException)
        {
            return null;
        }
    }

    /// <summary>Whether a text can be read as one map of keys.</summary>
    /// <param name="text">The text.</param>
    public static bool CanRead(string text)
    {
        try
        {
            Root(text);
            return true;
        }
        catch (EditException)
        {
            return false;
        }
    }

    private static ConfigEdit Try(string text, string path, Func<ConfigStep[], (string, JsonNode?)> edit)
    {
        if (ConfigPath.Parse(path) is not { } parsed) return ConfigEdit.Refused($"'{path}' is no place in a configuration; write it as routing.strategy or api-keys[0].");
        if (parsed.Steps.Count > MostDepth) return ConfigEdit.Refused("The path is too deep.");
        try
        {
            var (changed, wanted) = edit([.. parsed.Steps]);
            return JsonNode.DeepEquals(ConfigShape.From(Root(changed)), wanted)
                ? new ConfigEdit(changed, null)
                : ConfigEdit.Refused($"'{path}' is written in a way that cannot be changed in place; edit the file by hand.");
        }
        catch (EditException ex)
        {
            return ConfigEdit.Refused(ex.Message);
        }
    }

    private static SourceMappedNode Root(string text) => SourceMappedTree.Read(text);

    private static string Apply(string text, ConfigStep[] steps, JsonNode? value)
    {
        var root = Root(text);
        var edit = new TextEdit(text, EditStyle.From(root, text));
        SourceMappedNode? parent = null, key = null;
        var node = root;
        for (var depth = 0; depth < steps.Length; depth++)
        {
            Refuse(node);
            var step = steps[depth];
            if (node is { IsScalar: true, IsNull: true } && parent is not null) return edit.ReplaceValue(parent, key, node, Wrap(steps.AsSpan(depth), value));
            var rest = steps.AsSpan(depth + 1);
            if (step.Key is { } name)
            {
                if (!node.IsMap) throw new EditException($"'{Describe(steps, depth)}' has no keys: it is {(node.IsList ? "a list" : "a single value")}.");
                if (node.Find(name) is not { } pair) return edit.InsertKey(node, name, Wrap(rest, value));
                (parent, key, node) = (node, pair.Key, pair.Value);
                continue;
            }

            if (!node.IsList) throw new EditException($"'{Describe(steps, depth)}' is no list.");
            if (step.Index == ConfigStep.Append || step.Index == node.Items.Count) return edit.AppendItem(node, Wrap(rest, value));
            if (step.Index > node.Items.Count) throw new EditException($"'{Describe(steps, depth)}' has {node.Items.Count} item(s); the next one is [{node.Items.Count}].");
            (parent, key, node) = (node, null, node.Items[step.Index]);
        }

        Refuse(node);
        if (JsonNode.DeepEquals(ConfigShape.From(node), ConfigShape.From(value))) return text;
        return value switch
        {
            JsonObject { Count: > 0 } map when node is { IsMap: true, Pairs.Count: > 0 } => Merge(text, steps, node, map),
            JsonArray { Count: > 0 } list when node is { IsList: true, Items.Count: > 0 } => Merge(text, steps, node, list),
            _ => edit.ReplaceValue(parent!, key, node, value),
        };
    }

    /// <summary>A map in the place of a map: key by key, so that what stays the same is not touched.</summary>
    private static string Merge(string text, ConfigStep[] steps, SourceMappedNode old, JsonObject map)
    {
        foreach (var (key, value) in map) text = Apply(text, [.. steps, new ConfigStep(key, 0)], value);
        foreach (var pair in old.Pairs.Where(pair => !map.ContainsKey(pair.Key.Value))) text = Drop(text, [.. steps, new ConfigStep(pair.Key.Value, 0)]);
        return text;
    }

    private static string Merge(string text, ConfigStep[] steps, SourceMappedNode old, JsonArray list)
    {
        for (var index = 0; index < list.Count; index++) text = Apply(text, [.. steps, new ConfigStep(null, index)], list[index]);
        for (var index = old.Items.Count - 1; index >= list.Count; index--) text = Drop(text, [.. steps, new ConfigStep(null, index)]);
        return text;
    }

    private static string Drop(string text, ConfigStep[] steps)
    {
        var root = Root(text);
        var edit = new TextEdit(text, EditStyle.From(root, text));
        var parent = Find(root, steps.AsSpan(0, steps.Length - 1))!;
        Refuse(parent);
        if (parent.Pairs.Count + parent.Items.Count == 1 && steps.Length > 1)
        {
            var above = Find(root, steps.AsSpan(0, steps.Length - 2))!;
            return edit.ReplaceValue(above, steps[^2].Key is { } name ? above.Find(name)!.Key : null, parent, parent.IsMap ? new JsonObject() : new JsonArray());
        }

        if (steps[^1].Key is not { } key) return edit.RemoveItem(parent, steps[^1].Index);
        var pairs = parent.Pairs.ToList();
        return edit.RemoveKey(parent, pairs.FindIndex(pair => pair.Key.Value == key));
    }

    private static SourceMappedNode? Find(SourceMappedNode node, ReadOnlySpan<ConfigStep> steps)
    {
        foreach (var step in steps)
        {
            if (step.Key is { } key && node.Find(key) is { } pair) node = pair.Value;
            else if (step.Key is null && step.Index >= 0 && step.Index < node.Items.Count) node = node.Items[step.Index];
            else return null;
        }

        return node;
    }

    private static JsonNode? Wrap(ReadOnlySpan<ConfigStep> steps, JsonNode? value)
    {
        var wrapped = value?.DeepClone();
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            if (steps[i].Key is { } key) wrapped = new JsonObject { [key] = wrapped };
            else wrapped = steps[i].Index is ConfigStep.Append or 0 ? new JsonArray(wrapped) : throw new EditException("The list is not there yet; its first item is [0].");
        }

        return wrapped;
    }

    private static void Refuse(SourceMappedNode node)
    {
        if (node.Form == NodeForm.Alias || node.IsMarkedUp) throw new EditException("The value is shared by an anchor or carries a tag; edit the file by hand.");
    }

    private static string Describe(ConfigStep[] steps, int depth) => depth == 0 ? "the file" : new ConfigPath(steps[..depth]).ToString();
}

/// <summary>What came of an edit.</summary>
/// <param name="Text">The new text; null when the edit was refused.</param>
/// <param name="Fault">Why it was refused, for people; or null.</param>
public sealed record ConfigEdit(string? Text, string? Fault)
{
    internal static ConfigEdit Refused(string why) => new(null, why);
}
