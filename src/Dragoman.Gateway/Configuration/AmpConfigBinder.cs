using System.Text.RegularExpressions;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>ampcode</c>, and the keys of the top level by which older files said the same.</summary>
internal static class AmpConfigBinder
{
    private const int LongestPattern = 500;

    public static AmpOptions Read(SettingsReader root)
    {
        var section = root.Section("ampcode");
        var options = new AmpOptions
        {
            UpstreamUrl = UrlOf(section, "upstream-url") ?? UrlOf(root, "amp-upstream-url"),
            UpstreamApiKey = KeyOf(section, "upstream-api-key") ?? KeyOf(root, "amp-upstream-api-key"),
            UpstreamApiKeys = section is null ? new Dictionary<string, string>() : KeysOf(section),
            LocalOnly = section?.OptionalFlag("restrict-management-to-localhost") ?? root.GetBool("amp-restrict-management-to-localhost"),
            ModelMappings = [.. (section?.Has("model-mappings") == true ? MappingsOf(section, "model-mappings") : MappingsOf(root, "amp-model-mappings"))],
            ForceMappings = section?.GetBool("force-model-mappings") ?? false,
        };
        section?.Finish();
        return options;
    }

    private static Uri? UrlOf(SettingsReader? section, string key)
    {
        if (section is null || section.Text(key) is not { Length: > 0 } text) return null;
        if (Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0) return url;
        section.ErrorAt(key, $"'{text}' is not an address.", "Write one like https://ampcode.com.");
        return null;
    }

    private static string? KeyOf(SettingsReader? section, string key) => section?.Text(key) is { Length: > 0 } text ? text : null;

    private static Dictionary<string, string> KeysOf(SettingsReader section)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in section.Sections("upstream-api-keys"))
        {
            var upstream = entry.Text("upstream-api-key");
            foreach (var (client, _, _) in entry.GetStrings("api-keys"))
                if (upstream is { Length: > 0 }) keys.TryAdd(client, upstream);
            if (string.IsNullOrEmpty(upstream)) entry.WarnAt("upstream-api-key", "The entry names no key of Amp.", "Add upstream-api-key, or remove the entry.");
            entry.Finish();
        }

        return keys;
    }

    private static IEnumerable<AmpModelMapping> MappingsOf(SettingsReader section, string key)
    {
        foreach (var entry in section.Sections(key))
        {
            var (from, to, isPattern) = (entry.Text("from")?.Trim(), entry.Text("to")?.Trim(), entry.GetBool("regex"));
            entry.Finish();
            if (string.IsNullOrEmpty(from) || string.IsNullOrEmpty(to)) entry.WarnAt("from", "A mapping needs 'from' and 'to'.", "Add them, or remove the entry.");
            else if (!isPattern) yield return new AmpModelMapping(from, to, null);
            else if (PatternOf(from) is { } pattern) yield return new AmpModelMapping(from, to, pattern);
            else entry.WarnAt("from", $"'{from}' is not a regular expression that can be used here; the mapping is left out.", "Use RE2's syntax: no look-around, no back-references.");
        }
    }

    private static Regex? PatternOf(string text)
    {
        if (text.Length > LongestPattern) return null;
        try
        {
            return new Regex(text, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(10));
        }
        catch (Exception ex) when (ex is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
