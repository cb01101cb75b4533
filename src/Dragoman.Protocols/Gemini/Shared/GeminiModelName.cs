namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>What a Gemini model's name tells about what it takes.</summary>
internal static class GeminiModelName
{
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

    /// <summary>
    /// Whether penalties are taken: up to Gemini 2.0 (github.com/vercel/ai/issues/8943), and by other makers' models. Names that tell no
    /// version (<c>gemini-flash-latest</c>) stand for current models.
    /// </summary>
    public static bool TakesPenalties(string model) => Version(model) is > 0 and < 25 || !model.Contains("gemini", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gemini 3 and later: signatures of calls are checked, thinking is set by level, tools may be mixed.</summary>
    public static bool IsThree(string model) => Version(model) >= 30;

    /// <summary>
    /// The least thinking level: <c>low</c> for the pro models, for flash from 3.7 on and for Gemini 4 and later, which refuse <c>minimal</c>
    /// (ai.google.dev, "Gemini thinking", table of levels).
    /// </summary>
    public static string LeastLevel(string model)
    {
        var version = Version(model);
        var lite = model.Contains("lite", StringComparison.OrdinalIgnoreCase);
        return version >= 40 || (version >= 37 && !lite) || model.Contains("pro", StringComparison.OrdinalIgnoreCase) ? "low" : "minimal";
    }

    /// <summary>Whether the level <c>xhigh</c> is taken: by Gemini 4, except for its first two, and presumably by what comes after.</summary>
    public static bool TakesXHigh(string model)
        => Version(model) >= 40 && !model.Contains("argon", StringComparison.OrdinalIgnoreCase) && !model.Contains("carbon", StringComparison.OrdinalIgnoreCase);
}
