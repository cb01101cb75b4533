using Dragoman.Gateway.Configuration;
using Dragoman.Providers;

namespace Dragoman.Cli.Doctor;

/// <summary>Files that hold secrets: whether others may read or change them.</summary>
internal static class FileCheck
{
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public static void Run(DoctorReport report, GatewayConfig? config, string? configFile, string dataFolder)
    {
        if (OperatingSystem.IsWindows()) return;
        var before = report.Findings.Count;
        if (Directory.Exists(dataFolder)) Look(report, dataFolder, OthersRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute, "everything that lasts is in it", "chmod 700");
        foreach (var name in (string[])["master.key", "dragoman.db", "flows.db"]) Look(report, Path.Combine(dataFolder, name), OthersRead, name == "master.key" ? "it opens every stored secret" : "it holds what was recorded", "chmod 600");
        if (config is not null && configFile is not null)
        {
            Look(report, configFile, HoldsSecrets(configFile) ? OthersRead : UnixFileMode.None, "keys stand in it", "chmod 600");
            if (config.Tls is { Enable: true, KeyFile: { } key }) Look(report, key, UnixFileMode.OtherRead, "it is the private key of tls.key", "chmod 600");
        }

        if (report.Findings.Count == before) report.Ok("files", $"nobody else may read what is secret in {dataFolder}{(configFile is null ? "" : $" and {configFile}")}");
    }

    private static void Look(DoctorReport report, string file, UnixFileMode reading, string why, string remedy)
    {
        try
        {
            if (OperatingSystem.IsWindows() || (!File.Exists(file) && !Directory.Exists(file))) return;
            var mode = File.GetUnixFileMode(file);
            if ((mode & OthersWrite) != UnixFileMode.None) report.Warn("files", $"others may change {file} (mode {Octal(mode)}): {remedy} '{file}'");
            else if ((mode & reading) != UnixFileMode.None) report.Warn("files", $"others may read {file} (mode {Octal(mode)}), and {why}: {remedy} '{file}'");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            report.Fail("files", $"{file} cannot be looked at: {ex.Message}");
        }
    }

    /// <summary>Whether a key stands in the file itself, and not in a variable that it names.</summary>
    private static bool HoldsSecrets(string file)
    {
        try
        {
            var plain = new ConfigLoader(ProviderModules.CreateRegistry(TimeProvider.System), static _ => "from-the-environment").Load(File.ReadAllText(file), Path.GetFileName(file)).Config;
            return plain is not null && (plain.ApiKeys.Any(IsPlain) || plain.Accounts.Any(account => account.Credential.Secrets.Any(IsPlain)));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        static bool IsPlain(string? key) => !string.IsNullOrEmpty(key) && !key.Contains("from-the-environment", StringComparison.Ordinal);
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
