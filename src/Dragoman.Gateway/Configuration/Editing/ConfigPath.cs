using System.Globalization;
using System.Text;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>
/// A place in the configuration, as problems name it: <c>routing.strategy</c>, <c>api-keys[0]</c>, <c>claude-api-key[1].models[0].alias</c>.
/// A key with a dot or a bracket in it is written <c>headers["x.y"]</c>; <c>[+]</c> stands behind the last item of a list.
/// </summary>
internal readonly record struct ConfigPath(IReadOnlyList<ConfigStep> Steps)
{
    /// <summary>Reads a path; null when it is none.</summary>
    public static ConfigPath? Parse(string text)
    {
        var steps = new List<ConfigStep>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '[')
            {
                if (Bracket(text, ref at) is not { } step) return null;
                steps.Add(step);
                continue;
            }

            if (steps.Count > 0 && text[at++] != '.') return null;
            var end = text.AsSpan(at).IndexOfAny('.', '[');
            var key = end < 0 ? text[at..] : text.Substring(at, end);
            if (key.Length == 0 || key.Any(char.IsControl)) return null;
            steps.Add(new ConfigStep(key, 0));
            at += key.Length;
        }

        return steps.Count == 0 || steps[0].Key is null ? null : new ConfigPath(steps);
    }

    /// <summary>The path as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            if (step.Key is { } key) text.Append(key.AsSpan().IndexOfAny(".[]\"") >= 0 ? $"[\"{key}\"]" : text.Length == 0 ? key : $".{key}");
            else text.Append(CultureInfo.InvariantCulture, $"[{(step.Index == ConfigStep.Append ? "+" : step.Index)}]");
        }

        return text.ToString();
    }

    private static ConfigStep? Bracket(string text, ref int at)
    {
        var quoted = at + 1 < text.Length && text[at + 1] == '"';
        var close = text.IndexOf(quoted ? "\"]" : "]", at + (quoted ? 2 : 1), StringComparison.Ordinal);
        if (close < 0) return null;
        var inner = text[(at + (quoted ? 2 : 1))..close];
        at = close + (quoted ? 2 : 1);
        if (quoted) return inner.Length == 0 ? null : new ConfigStep(inner, 0);
        if (inner == "+") return new ConfigStep(null, ConfigStep.Append);
        return int.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? new ConfigStep(null, index) : null;
    }
}

/// <summary>One step of a path: into a map by key, or into a list by index.</summary>
/// <param name="Key">The key; null for a list's item.</param>
/// <param name="Index">The item, or <see cref="Append"/>.</param>
internal readonly record struct ConfigStep(string? Key, int Index)
{
    /// <summary>Behind the last item.</summary>
    public const int Append = -1;
}
