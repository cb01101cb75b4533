using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Settings;

namespace Dragoman.Management.Imports.Systems;

/// <summary>
/// CLIProxyAPI: <c>config.yaml</c>, whose keys are mostly the gateway's own, and the JSON files of its <c>auth-dir</c> (wire note cliproxyapi §2). What the gateway does not obey is told with the reason that it gives when it reads such a file.
/// </summary>
internal sealed class CliProxyReader(ConfigLoader loader) : ISystemReader
{
    /// <summary>Keys that say where their program keeps its files.</summary>
    private static readonly Dictionary<string, string> Theirs = new(StringComparer.Ordinal)
    {
        ["auth-dir"] = "The gateway keeps logins in its store; those of the folder are taken over one by one.",
    };

    /// <summary>What is said of it is advice, and no reason to leave it.</summary>
    private const string Secret = "remote-management.secret-key";

    /// <inheritdoc/>
    public ImportableSystem System { get; } = new("cliproxy", "CLIProxyAPI", ["config.yaml", "*.json"], "the folder of config.yaml; the files of its auth-dir (~/.cli-proxy-api) beside it");

    /// <inheritdoc/>
    public void Read(IReadOnlyList<ImportFile> files, ImportDraft draft)
    {
        var config = files.FirstOrDefault(static file => file.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase));
        var logins = files.Where(static file => file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).ToList();
        if (config is null && logins.Count == 0) throw new FormatException("There is neither a config.yaml nor a JSON file of its auth-dir.");
        if (config is not null) ReadConfig(config, draft);
        foreach (var login in logins) draft.AddLogin(login);
    }

    private void ReadConfig(ImportFile file, ImportDraft draft)
    {
        if (ConfigValues.Read(file.Text) is not { } values) throw new FormatException($"{file.Name} is not valid YAML.");
        var problems = loader.Load(file.Text, file.Name).Problems.Where(static one => !Theirs.ContainsKey(one.Path) && one.Path != Secret).ToList();
        foreach (var problem in problems.Where(static one => one.Path.Length > 0)) draft.Leave(problem.Path, problem.Message);
        // A key that is not obeyed, or a value that cannot be, is left; what is wrong inside of an entry does not keep the entry from being taken.
        var left = problems.Select(static one => one.Path).ToHashSet(StringComparer.Ordinal);
        var wrong = problems.Where(static one => one.Severity == DiagnosticSeverity.Error).Select(static one => one.Path).ToList();
        foreach (var (key, value) in values)
        {
            if (value is null) continue;
            if (Theirs.TryGetValue(key, out var why)) draft.Leave(key, why);
            else if (value is JsonArray entries) ReadList(key, entries, left, wrong, draft);
            else if (value is JsonObject section) ReadSection(key, section, left, wrong, draft);
            else if (!left.Contains(key)) draft.Set(key, key, value.DeepClone());
        }
    }

    private static void ReadList(string key, JsonArray entries, HashSet<string> left, List<string> wrong, ImportDraft draft)
    {
        if (left.Contains(key)) return;
        for (var index = 0; index < entries.Count; index++)
        {
            var path = $"{key}[{index}]";
            if (entries[index] is { } entry && !wrong.Exists(one => IsWithin(one, path))) draft.Add(path, key, entry.DeepClone());
        }
    }

    private static void ReadSection(string key, JsonObject section, HashSet<string> left, List<string> wrong, ImportDraft draft)
    {
        if (left.Contains(key)) return;
        foreach (var (name, value) in section)
        {
            var path = $"{key}.{name}";
            if (value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || left.Contains(path) || wrong.Exists(one => IsWithin(one, path))) continue;
            draft.Set(path, path, value.DeepClone());
        }
    }

    private static bool IsWithin(string path, string whole) => path == whole || path.StartsWith(whole + ".", StringComparison.Ordinal) || path.StartsWith(whole + "[", StringComparison.Ordinal);
}
