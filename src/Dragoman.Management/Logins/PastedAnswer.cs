namespace Dragoman.Management.Logins;

/// <summary>What a vendor gives back: by a redirect of the browser, or pasted by a person as the whole address, as <c>code#state</c>, or as the bare code.</summary>
/// <param name="Code">The authorization code; null where there is none.</param>
/// <param name="State">The state; null where what was pasted has none.</param>
/// <param name="Error">What the vendor says instead of a code.</param>
internal sealed record PastedAnswer(string? Code, string? State, string? Error)
{
    /// <summary>All that stands in the query, by name; empty for a bare code.</summary>
    public IReadOnlyDictionary<string, string> Answer { get; init; } = new Dictionary<string, string>();

    private const int MostLetters = 8_192;

    /// <summary>Reads what was pasted; null where it is nothing of that kind.</summary>
    /// <param name="text">What was pasted.</param>
    /// <param name="isStateInPath">Whether the state stands in the path of the address and not in its query.</param>
    public static PastedAnswer? Parse(string? text, bool isStateInPath)
    {
        text = text?.Trim().Trim('"', '\'', '<', '>').Trim();
        if (text is not { Length: > 0 and <= MostLetters }) return null;
        if (text.Contains("://", StringComparison.Ordinal)) return Uri.TryCreate(text, UriKind.Absolute, out var address) ? FromAddress(address, isStateInPath) : null;
        // A terminal breaks long lines; neither codes nor queries have blanks in them.
        text = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
        if (text.StartsWith('?') || text.Contains("code=", StringComparison.Ordinal) || text.StartsWith("error=", StringComparison.Ordinal)) return FromQuery(text, null);
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0) return new PastedAnswer(text, null, null);
        return hash == 0 ? null : new PastedAnswer(text[..hash], text[(hash + 1)..] is { Length: > 0 } state ? state : null, null);
    }

    private static PastedAnswer? FromAddress(Uri address, bool isStateInPath)
    {
        var inPath = isStateInPath ? Uri.UnescapeDataString(address.Segments[^1].TrimEnd('/')) : null;
        return FromQuery(address.Query.Length > 1 ? address.Query : address.Fragment, inPath);
    }

    private static PastedAnswer? FromQuery(string query, string? stateInPath)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        string? code = null, state = stateInPath, error = null, description = null;
        foreach (var pair in query.TrimStart('?', '#').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            var name = Uri.UnescapeDataString(pair[..equals]);
            var value = Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' '));
            all[name] = value;
            switch (name)
            {
                case "code": code = value; break;
                case "state" when stateInPath is null: state = value; break;
                case "error": error = value; break;
                case "error_description": description = value; break;
            }
        }

        if (error is { Length: > 0 }) return new PastedAnswer(null, state, description is { Length: > 0 } ? $"{error}: {description}" : error);
        return code is { Length: > 0 } || all.Count > 0 ? new PastedAnswer(code is { Length: > 0 } ? code : null, state, null) { Answer = all } : null;
    }
}
