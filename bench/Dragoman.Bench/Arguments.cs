namespace Dragoman.Bench;

/// <summary>The words after a subcommand: <c>--name value</c> and bare switches.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public Arguments(ReadOnlySpan<string> words)
    {
        for (var index = 0; index < words.Length; index++)
        {
            if (!words[index].StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"'{words[index]}' is not understood.");
            var name = words[index][2..];
            var hasValue = index + 1 < words.Length && !words[index + 1].StartsWith("--", StringComparison.Ordinal);
            _values[name] = hasValue ? words[++index] : "";
        }
    }

    public bool Has(string name)
    {
        _asked.Add(name);
        return _values.ContainsKey(name);
    }

    public string? Text(string name)
    {
        _asked.Add(name);
        return _values.GetValueOrDefault(name);
    }

    public string Needed(string name) => Text(name) is { Length: > 0 } text ? text : throw new UsageException($"--{name} is needed.");

    public int Number(string name, int fallback)
    {
        if (Text(name) is not { } text) return fallback;
        return int.TryParse(text, out var number) && number >= 0 ? number : throw new UsageException($"--{name}: '{text}' is not a number.");
    }

    public double Seconds(string name, double fallback)
    {
        if (Text(name) is not { } text) return fallback;
        return double.TryParse(text, out var number) && number > 0 ? number : throw new UsageException($"--{name}: '{text}' is not a number of seconds.");
    }

    /// <summary>Complains of words that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var name in _values.Keys)
            if (!_asked.Contains(name)) throw new UsageException($"--{name} is not known here.");
    }
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
