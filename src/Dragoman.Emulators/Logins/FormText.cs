using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Logins;

/// <summary>Bodies of token endpoints that take forms.</summary>
internal static class FormText
{
    /// <summary>The members of a form; nothing where the body is none.</summary>
    public static Dictionary<string, string> Read(Call call)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        if (call.Header("content-type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true) return members;
        foreach (var pair in call.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2))
            members[Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair[1].Replace('+', ' '));
        return members;
    }
}
