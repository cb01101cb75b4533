using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dragoman.Management.Imports;

/// <summary>What is found in another system's files, before it is compared with what is here.</summary>
internal sealed partial class ImportDraft
{
    private readonly List<DraftSetting> _settings = [];
    private readonly List<ImportFile> _logins = [];
    private readonly List<ImportFinding> _findings = [];

    /// <summary>Values and entries for the configuration.</summary>
    public IReadOnlyList<DraftSetting> Settings => _settings;

    /// <summary>Files that may hold logins.</summary>
    public IReadOnlyList<ImportFile> Logins => _logins;

    /// <summary>What needs no comparison.</summary>
    public IReadOnlyList<ImportFinding> Findings => _findings;

    /// <summary>A value of the configuration.</summary>
    /// <param name="source">Where it stands in the other system's files.</param>
    /// <param name="path">The key here.</param>
    /// <param name="value">The value.</param>
    /// <param name="differs">How it differs from what it was there; null where it is the same.</param>
    public void Set(string source, string path, JsonNode value, string? differs = null) => _settings.Add(new DraftSetting(source, path, value, IsEntry: false, differs));

    /// <summary>An entry of a list of the configuration.</summary>
    /// <param name="source">Where it stands in the other system's files.</param>
    /// <param name="list">The list here.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="differs">How it differs from what it was there; null where it is the same.</param>
    public void Add(string source, string list, JsonNode entry, string? differs = null) => _settings.Add(new DraftSetting(source, list, entry, IsEntry: true, differs));

    /// <summary>A file that may hold logins.</summary>
    public void AddLogin(ImportFile file) => _logins.Add(file);

    /// <summary>Leaves what names a variable that the gateway's process does not have: a configuration that does cannot be used.</summary>
    /// <param name="environment">Where variables are looked up.</param>
    public void LeaveWithoutVariables(Func<string, string?> environment)
    {
        foreach (var setting in _settings.ToList())
        {
            if (Variables().Matches(setting.Value.ToJsonString()).Select(static match => match.Groups["name"].Value).FirstOrDefault(name => string.IsNullOrEmpty(environment(name))) is not { } missing) continue;
            _settings.Remove(setting);
            Leave(setting.Source, $"It takes {missing} from the environment, which the gateway's process does not have. Set it where the gateway is started, and import again.");
        }
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Variables();

    /// <summary>Something that is not taken over.</summary>
    public void Leave(string source, string why) => _findings.Add(new ImportFinding(source, ImportOutcome.NotSupported, null, why));
}

/// <summary>A value or an entry for the configuration.</summary>
/// <param name="Source">Where it stands in the other system's files.</param>
/// <param name="Path">The key, or the list, here.</param>
/// <param name="Value">The value.</param>
/// <param name="IsEntry">Whether it is an entry of the list.</param>
/// <param name="Differs">How it differs from what it was there; null where it is the same.</param>
internal sealed record DraftSetting(string Source, string Path, JsonNode Value, bool IsEntry, string? Differs)
{
    /// <summary>A record would print its members; this one holds secrets.</summary>
    public override string ToString() => $"{Source} → {Path}";
}
