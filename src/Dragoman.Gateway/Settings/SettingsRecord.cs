using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Settings;

/// <summary>What the readers of a document asked for: every key with the kind of value, the bounds and the words. It shows whether the description of the keys tells the truth.</summary>
internal sealed partial class SettingsRecord
{
    private readonly Dictionary<string, Asked> _keys = new(StringComparer.Ordinal);

    /// <summary>What was asked for, by path; places in lists are written <c>[]</c>.</summary>
    public IReadOnlyDictionary<string, Asked> Keys => _keys;

    /// <summary>Notes a key; what is known of it stays where nothing more is said.</summary>
    public void Add(string path, SettingType? type = null, decimal? min = null, decimal? max = null, IReadOnlyList<string>? words = null)
    {
        var name = Place().Replace(path, "[]");
        var known = _keys.GetValueOrDefault(name);
        _keys[name] = new Asked(type ?? known?.Type, min ?? known?.Min, max ?? known?.Max, words ?? known?.Words);
    }

    [GeneratedRegex(@"\[[0-9]+\]", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Place();

    /// <summary>How a key was asked for.</summary>
    /// <param name="Type">The kind of value; null where only its being there was asked.</param>
    /// <param name="Min">The least number.</param>
    /// <param name="Max">The greatest number.</param>
    /// <param name="Words">The words that it may be.</param>
    internal sealed record Asked(SettingType? Type, decimal? Min, decimal? Max, IReadOnlyList<string>? Words);
}
