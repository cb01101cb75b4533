namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>A single value of a configuration's text.</summary>
/// <param name="Path">Where it stands: <c>routing.strategy</c>.</param>
/// <param name="Value">What it says.</param>
/// <param name="Start">The offset of its first character, behind a quote.</param>
/// <param name="Length">How many characters it takes in the text, without quotes.</param>
public sealed record ConfigScalar(string Path, string Value, int Start, int Length);

/// <summary>Lists the single values of a configuration's text.</summary>
public static class ConfigScalars
{
    /// <summary>All of them, in order; none when the text cannot be read.</summary>
    public static IReadOnlyList<ConfigScalar> Read(string text)
    {
        var found = new List<ConfigScalar>();
        try
        {
            Collect(SourceMappedTree.Read(text), [], found);
        }
        catch (EditException)
        {
            return [];
        }

        return found;
    }

    private static void Collect(SourceMappedNode node, List<ConfigStep> at, List<ConfigScalar> found)
    {
        if (node.IsScalar)
        {
            if (node.IsNull) return;
            var quotes = node.Form is NodeForm.Single or NodeForm.Double ? 1 : 0;
            found.Add(new ConfigScalar(new ConfigPath(at).ToString(), node.Value, node.Start + quotes, node.End - node.Start - (2 * quotes)));
            return;
        }

        foreach (var pair in node.Pairs) Collect(pair.Value, [.. at, new ConfigStep(pair.Key.Value, 0)], found);
        for (var index = 0; index < node.Items.Count; index++) Collect(node.Items[index], [.. at, new ConfigStep(null, index)], found);
    }
}
