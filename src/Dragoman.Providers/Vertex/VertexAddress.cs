namespace Dragoman.Providers.Vertex;

/// <summary>Where Vertex AI answers (wire notes cliproxyapi 6.4): one host for all regions, one for each, and one for each of the two groups of regions.</summary>
internal static class VertexAddress
{
    /// <summary>The location that all regions serve.</summary>
    public const string Global = "global";

    /// <summary>The address of a location.</summary>
    public static string Of(string location) => location switch
    {
        Global => "https://aiplatform.googleapis.com",
        // Google's documentation of multi-region endpoints.
        "us" or "eu" => $"https://aiplatform.{location}.rep.googleapis.com",
        _ => $"https://{location}-aiplatform.googleapis.com",
    };

    /// <summary>Whether a text can be a location: it becomes a part of the host's name.</summary>
    public static bool IsLocation(string text) => text.Length is > 1 and < 40 && char.IsAsciiLetterLower(text[0]) && text.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    /// <summary>Whether a text can be a project's id, its number, or an id with a domain before it.</summary>
    public static bool IsProject(string text) => text.Length is > 0 and < 100 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or ':');
}
