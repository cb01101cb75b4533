namespace Dragoman.Wire.Gemini;

/// <summary>What a Gemini model's name tells about what it takes.</summary>
internal static class GeminiModelName
{
    /// <summary>The name without the resource prefix that addresses carry.</summary>
    public static string Bare(string model)
        => model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model;

    /// <summary>The major version times ten plus the minor one (25 for 2.5, 30 for 3); 0 where the name tells none.</summary>
    public static int Version(string model)
    {
        var at = model.IndexOf("gemini-", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        var rest = model.AsSpan(at + "gemini-".Length);
        if (rest.IsEmpty || !char.IsAsciiDigit(rest[0])) return 0;
        var minor = rest.Length > 2 && rest[1] == '.' && char.IsAsciiDigit(rest[2]) ? rest[2] - '0' : 0;
        return ((rest[0] - '0') * 10) + minor;
    }

    /// <summary>Gemini 3 and later: signatures of calls are checked, thinking is told by level, tools may be mixed.</summary>
    public static bool IsThree(string model) => Version(model) >= 30;
}
