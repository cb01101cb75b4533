using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads CLIProxyAPI's maps of rules for logins, whose keys are channels.</summary>
internal static class LoginRulesBinder
{
    public static LoginRules Read(SettingsReader root) => new() { ExcludedModels = ReadExcluded(root), Aliases = ReadAliases(root), ErrorRules = ReadErrors(root) };

    private static Dictionary<string, IReadOnlyList<string>> ReadExcluded(SettingsReader root)
    {
        var rules = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (root.Section("oauth-excluded-models") is not { } map) return rules;
        foreach (var pair in map.Map.Pairs)
            rules[ChannelOf(pair.Key.Value)] = [.. map.GetStrings(pair.Key.Value).Select(item => item.Text.ToLowerInvariant()).Distinct()];
        return rules;
    }

    private static Dictionary<string, IReadOnlyList<ModelAlias>> ReadAliases(SettingsReader root)
    {
        var rules = new Dictionary<string, IReadOnlyList<ModelAlias>>(StringComparer.Ordinal);
        if (root.Section("oauth-model-alias") is not { } map) return rules;
        foreach (var pair in map.Map.Pairs)
            rules[ChannelOf(pair.Key.Value)] = [.. map.Sections(pair.Key.Value).Select(ReadAlias).OfType<ModelAlias>().DistinctBy(alias => alias.Alias, StringComparer.OrdinalIgnoreCase)];
        return rules;
    }

    private static Dictionary<string, IReadOnlyList<ErrorRule>> ReadErrors(SettingsReader root)
    {
        var rules = new Dictionary<string, IReadOnlyList<ErrorRule>>(StringComparer.Ordinal);
        if (root.Section("oauth-request-scoped-errors") is not { } map) return rules;
        foreach (var pair in map.Map.Pairs) rules[ChannelOf(pair.Key.Value)] = ErrorRuleSettings.Read(map, pair.Key.Value);
        return rules;
    }

    /// <summary>An alias; null where it says nothing, as that system leaves it out too.</summary>
    private static ModelAlias? ReadAlias(SettingsReader section)
    {
        var (name, alias, display) = (section.Text("name"), section.Text("alias"), section.Text("display-name"));
        var (keepsName, forcesName) = (section.GetBool("fork"), section.GetBool("force-mapping"));
        section.Finish(UnsupportedSettings.Model);
        return string.IsNullOrEmpty(name) || string.IsNullOrEmpty(alias) || name.Equals(alias, StringComparison.OrdinalIgnoreCase) ? null : new ModelAlias(name, alias, keepsName) { DisplayName = string.IsNullOrEmpty(display) ? null : display, ForcesName = forcesName };
    }

    /// <summary>A channel as files name it: one of them has another word here.</summary>
    private static string ChannelOf(string key) => key.Trim().ToLowerInvariant() is var channel && channel.EndsWith("-cli", StringComparison.Ordinal) ? channel[..^"-cli".Length] : channel;
}
