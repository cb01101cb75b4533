using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>config.yaml</c>. All faults are reported at once, each with its key, its place and a remedy.</summary>
/// <param name="providers">The providers whose accounts the file may list.</param>
/// <param name="environment">Where <c>${NAME}</c> is looked up; null for the process's own environment.</param>
public sealed class ConfigLoader(ProviderRegistry providers, Func<string, string?>? environment = null)
{
    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <summary>Reads a configuration from its text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The name to show in problems.</param>
    public ConfigResult Load(string yaml, string fileName)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var problems = new DiagnosticBag(fileName);
        var map = YamlTree.Read(yaml, problems);
        if (map is null) return new ConfigResult(null, problems.InOrder());
        var config = new ConfigBinder(new SettingsReader(map, "", problems, _environment), providers, _environment).Read();
        return new ConfigResult(problems.HasErrors ? null : config, problems.InOrder());
    }

    /// <summary>Reads a text and tells what its readers asked for.</summary>
    internal SettingsRecord Record(string yaml)
    {
        var problems = new DiagnosticBag("") { Record = new SettingsRecord() };
        if (YamlTree.Read(yaml, problems) is { } map) new ConfigBinder(new SettingsReader(map, "", problems, _environment), providers, _environment).Read();
        return problems.Record;
    }

    /// <summary>Reads a configuration from a file. A file that is not there or cannot be opened is a problem like any other.</summary>
    public ConfigResult LoadFile(string path)
    {
        try
        {
            return Load(File.ReadAllText(path), path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            var missing = ex is FileNotFoundException or DirectoryNotFoundException;
            return new ConfigResult(null, [new ConfigDiagnostic(DiagnosticSeverity.Error, "", 0, 0,
                missing ? "The file does not exist." : $"The file cannot be read: {ex.Message}",
                missing ? "Create it, or name another with --config." : "Check its permissions.") { File = path }]);
        }
    }
}
