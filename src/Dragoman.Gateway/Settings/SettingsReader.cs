using System.Globalization;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Settings;

/// <summary>
/// Reads the keys of one map by name and type. Whatever is asked for counts as known; <see cref="Finish"/> reports the rest.
/// Every reading goes on after a fault with the default, so that all faults of a file come out at once. Without an environment texts are
/// taken as they stand.
/// </summary>
/// <param name="map">The map.</param>
/// <param name="path">The path of the map, as problems name it; empty for the document itself.</param>
/// <param name="problems">Where faults go.</param>
/// <param name="environment">Where <c>${NAME}</c> is looked up; null to take texts as they are.</param>
public sealed class SettingsReader(SettingMap map, string path, DiagnosticBag problems, Func<string, string?>? environment)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The map itself, for its place.</summary>
    public SettingMap Map => map;

    /// <summary>Where faults go.</summary>
    public DiagnosticBag Problems => problems;

    /// <summary>The keys that were asked for until now.</summary>
    public IReadOnlyCollection<string> KnownKeys => _known;

    /// <summary>The path of a key of this map.</summary>
    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The path of the map itself.</summary>
    public string Path => path;

    /// <summary>The value of a key, or null when it is absent or empty.</summary>
    public SettingNode? Node(string key)
    {
        Note(key);
        var value = map.Find(key)?.Value;
        return value is null or { IsNull: true } ? null : value;
    }

    /// <summary>Whether the key is written, be it with nothing after it.</summary>
    public bool Has(string key)
    {
        Note(key);
        return map.Find(key) is not null;
    }

    /// <summary>A text, trimmed and with its environment variables filled in; null when absent.</summary>
    public string? Text(string key)
    {
        Note(key, SettingType.Text);
        return Node(key) is { } node ? TextOf(node, PathOf(key)) : null;
    }

    /// <summary>The text of a node; null when it is none (reported).</summary>
    public string? TextOf(SettingNode node, string at)
    {
        if (node is not SettingScalar scalar)
        {
            Error(node, at, $"A single value is needed here, not {node.Kind}.");
            return null;
        }

        if (environment is null) return scalar.Value.Trim();
        var text = EnvironmentExpansion.Expand(scalar.Value, environment, out var fault);
        if (text is null) Error(node, at, fault!, "Set the variable before starting, write the value itself, or give a fallback: ${NAME:-value}.");
        return text?.Trim();
    }

    /// <summary>A switch.</summary>
    public bool GetBool(string key, bool fallback = false) => OptionalFlag(key) ?? fallback;

    /// <summary>A switch; null when absent.</summary>
    public bool? OptionalFlag(string key)
    {
        Note(key, SettingType.Flag);
        if (Node(key) is not { } node || TextOf(node, PathOf(key)) is not { } text) return null;
        switch (text.ToLowerInvariant())
        {
            case "true" or "yes" or "on": return true;
            case "false" or "no" or "off": return false;
            default:
                Error(node, PathOf(key), $"'{text}' is neither true nor false.", "Write true or false.");
                return null;
        }
    }

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string key, int fallback, int min, int max) => OptionalInteger(key, min, max) ?? fallback;

    /// <summary>A whole number within bounds; null when absent.</summary>
    public int? OptionalInteger(string key, int min, int max)
    {
        Note(key, SettingType.Integer, min, max);
        if (Node(key) is not { } node || TextOf(node, PathOf(key)) is not { } text) return null;
        var range = max == int.MaxValue ? $"a whole number, {min} or more" : $"a whole number from {min} to {max}";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Error(node, PathOf(key), $"'{text}' is not a whole number.", $"Write {range}.");
            return null;
        }

        if (number >= min && number <= max) return (int)number;
        Error(node, PathOf(key), $"{text} is out of range.", $"Write {range}.");
        return null;
    }

    /// <summary>A number within bounds, a fraction too; null when absent.</summary>
    public decimal? OptionalDecimal(string key, decimal min, decimal max)
    {
        Note(key, SettingType.Number, min, max);
        if (Node(key) is not { } node || TextOf(node, PathOf(key)) is not { } text) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Error(node, PathOf(key), FormattableString.Invariant($"'{text}' is not a number from {min} to {max}."), "Write it like 0.25.");
        return null;
    }

    /// <summary>A number within bounds, fractions allowed.</summary>
    public double Number(string key, double fallback, double min, double max)
        => OptionalDecimal(key, (decimal)min, (decimal)max) is { } number ? (double)number : fallback;

    /// <summary>A number of seconds; negative numbers count as zero, as CLIProxyAPI has it.</summary>
    public TimeSpan Seconds(string key, TimeSpan fallback)
        => OptionalInteger(key, -86_400, 7 * 86_400) is { } seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : fallback;

    /// <summary>A duration in Go's spelling (<c>1h30m</c>) or in seconds.</summary>
    public TimeSpan Duration(string key, TimeSpan fallback, bool mayBeZero = false)
    {
        Note(key, SettingType.Duration);
        if (Node(key) is not { } node || TextOf(node, PathOf(key)) is not { } text) return fallback;
        if (DurationText.TryParse(text, out var duration) && (duration > TimeSpan.Zero || (mayBeZero && duration == TimeSpan.Zero))) return duration;
        Error(node, PathOf(key), $"'{text}' is not a duration.", "Write it like 30s, 10m, 1h or 1h30m.");
        return fallback;
    }

    /// <summary>One word of a few.</summary>
    public T GetEnum<T>(string key, T fallback, params (string Word, T Value)[] choices)
    {
        Note(key, SettingType.Choice, words: [.. choices.Select(choice => choice.Word)]);
        if (Node(key) is not { } node || TextOf(node, PathOf(key)) is not { } text || text.Length == 0) return fallback;
        foreach (var (word, value) in choices)
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        var words = choices.Select(choice => choice.Word).Distinct().ToArray();
        var near = SpellingSuggestion.Find(text, words);
        Error(node, PathOf(key), $"'{text}' is not one of {string.Join(", ", words)}.", near.Count > 0 ? $"Did you mean {near[0]}?" : $"Write {string.Join(" or ", words)}.");
        return fallback;
    }

    /// <summary>The map under a key; null when absent or not a map (reported).</summary>
    public SettingsReader? Section(string key)
    {
        Note(key, SettingType.Group);
        if (Node(key) is not { } node) return null;
        return SectionOf(node, PathOf(key));
    }

    /// <summary>A node as a map; null when it is not one (reported).</summary>
    public SettingsReader? SectionOf(SettingNode node, string at)
    {
        if (node is SettingMap inner) return new SettingsReader(inner, at, problems, environment);
        Error(node, at, $"A map of keys is needed here, not {node.Kind}.", "Write 'key: value' lines, indented by two spaces.");
        return null;
    }

    /// <summary>The items of the list under a key, each with its path; none when absent or not a list (reported).</summary>
    public IEnumerable<(SettingNode Node, string Path)> Items(string key)
    {
        Note(key, SettingType.List);
        if (Node(key) is not { } node) yield break;
        if (node is not SettingList list)
        {
            Error(node, PathOf(key), $"A list is needed here, not {node.Kind}.", "Start each item with '- '.");
            yield break;
        }

        for (var index = 0; index < list.Items.Count; index++) yield return (list.Items[index], $"{PathOf(key)}[{index}]");
    }

    /// <summary>The maps of the list under a key.</summary>
    public IEnumerable<SettingsReader> Sections(string key)
    {
        foreach (var (node, at) in Items(key))
            if (SectionOf(node, at) is { } section) yield return section;
    }

    /// <summary>The texts of the list under a key; empty ones are reported.</summary>
    public IEnumerable<(string Text, SettingNode Node, string Path)> GetStrings(string key)
    {
        foreach (var (node, at) in Items(key))
        {
            Note(key, SettingType.TextList);
            if (node.IsNull || node is SettingScalar { Value: var raw } && string.IsNullOrWhiteSpace(raw))
                Error(node, at, "The item is empty.", "Write a value or remove the line.");
            else if (TextOf(node, at) is { } text)
                yield return (text, node, at);
        }
    }

    private void Note(string key, SettingType? type = null, decimal? min = null, decimal? max = null, IReadOnlyList<string>? words = null)
    {
        _known.Add(key);
        problems.Record?.Add(PathOf(key), type, min, max, words);
    }

    /// <summary>Reports a fault at a key, or at the map where the key is absent.</summary>
    public void ErrorAt(string key, string message, string? remedy = null)
        => Error((SettingNode?)map.Find(key)?.Value ?? map, PathOf(key), message, remedy);

    /// <summary>Reports something worth knowing at a key.</summary>
    public void WarnAt(string key, string message, string? remedy = null)
    {
        var node = (SettingNode?)map.Find(key)?.Key ?? map;
        problems.Warn(PathOf(key), node.Line, node.Column, message, remedy);
    }

    /// <summary>Reports a fault at a node.</summary>
    public void Error(SettingNode node, string at, string message, string? remedy = null)
        => problems.Error(at, node.Line, node.Column, message, remedy);

    /// <summary>Reports the keys that nobody asked for: foreign ones that we know and do not serve, and ones that are probably misspelt.</summary>
    public void Finish(UnsupportedSettings? foreign = null)
    {
        foreach (var pair in map.Pairs)
        {
            var key = pair.Key.Value;
            if (_known.Contains(key)) continue;
            if (foreign?.Find(key) is { } reason)
            {
                if (!UnsupportedSettings.IsSilent(key, reason, pair.Value))
                    problems.Warn(PathOf(key), pair.Key.Line, pair.Key.Column, $"Not supported: {reason} The key is kept and does nothing.");
                continue;
            }

            var near = SpellingSuggestion.Find(key, _known.Concat(foreign?.Names ?? []));
            problems.Warn(PathOf(key), pair.Key.Line, pair.Key.Column, "The key is not known and does nothing.",
                near.Count > 0 ? $"Did you mean {near[0]}?" : "Remove it, or look it up in docs/guide/configuration.md.");
        }
    }
}
