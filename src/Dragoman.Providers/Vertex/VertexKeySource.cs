using System.Text;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Vertex;

/// <summary>Where an entry of <c>config.yaml</c> has its key: the JSON itself, a file, or application default credentials as Google's own libraries find them.</summary>
internal static class VertexKeySource
{
    private const int MaxBytes = 1 << 16;

    /// <summary>The key of a service account.</summary>
    public static readonly SettingField ServiceAccount = new("service-account", SettingType.Text, "The JSON key of a service account: the path of its file, or the JSON itself.") { IsSecret = true };

    /// <summary>Application default credentials.</summary>
    public static readonly SettingField ApplicationDefault = new("application-default", SettingType.Flag, "Whether Google's application default credentials are used: the file that GOOGLE_APPLICATION_CREDENTIALS names, else the one that gcloud leaves.");

    /// <summary>Whether an entry has its key in one of these ways.</summary>
    public static bool IsIn(SettingsReader entry) => entry.Has(ServiceAccount.Name) || entry.Has(ApplicationDefault.Name);

    /// <summary>The key of an entry; null where there is none, or it cannot be used (reported).</summary>
    public static VertexKeyFile? Read(SettingsReader entry, Func<string, string?> environment)
    {
        var text = entry.Text(ServiceAccount.Name);
        var isDefault = entry.GetBool(ApplicationDefault.Name);
        if (text is { Length: > 0 } && isDefault)
        {
            entry.ErrorAt(ApplicationDefault.Name, "More than one credential is given.", "Keep one of: service-account, application-default.");
            return null;
        }

        if (text is { Length: > 0 }) return text.AsSpan().TrimStart().StartsWith("{") ? Parse(entry, ServiceAccount.Name, Encoding.UTF8.GetBytes(text)) : FromFile(entry, ServiceAccount.Name, Expand(text, environment));
        if (isDefault && PlaceOf(environment) is { } place) return FromFile(entry, ApplicationDefault.Name, place);
        var key = entry.Has(ServiceAccount.Name) ? ServiceAccount.Name : ApplicationDefault.Name;
        entry.ErrorAt(key, "There is no credential.", "Write service-account: key.json, or application-default: true where GOOGLE_APPLICATION_CREDENTIALS or gcloud's file is there.");
        return null;
    }

    /// <summary>Where Google's libraries look (google.aip.dev/auth/4110); the metadata server of Google's machines is not asked.</summary>
    private static string? PlaceOf(Func<string, string?> environment)
    {
        if (environment("GOOGLE_APPLICATION_CREDENTIALS") is { Length: > 0 } named) return named;
        var folder = environment("CLOUDSDK_CONFIG") is { Length: > 0 } own ? own
            : environment("APPDATA") is { Length: > 0 } data ? Path.Combine(data, "gcloud")
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config", "gcloud") : null;
        return folder is null ? null : Path.Combine(folder, "application_default_credentials.json");
    }

    private static string Expand(string path, Func<string, string?> environment)
        => path.StartsWith("~/", StringComparison.Ordinal) && (environment("HOME") ?? environment("USERPROFILE")) is { Length: > 0 } home ? Path.Combine(home, path[2..]) : path;

    private static VertexKeyFile? FromFile(SettingsReader entry, string key, string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                entry.ErrorAt(key, $"'{path}' is too large for a credential file.");
                return null;
            }

            return Parse(entry, key, File.ReadAllBytes(path));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            entry.ErrorAt(key, $"The credential file '{path}' cannot be read.", "Check the path and who may read it; the gateway's user needs to.");
            return null;
        }
    }

    private static VertexKeyFile? Parse(SettingsReader entry, string key, byte[] content)
    {
        try
        {
            return VertexKeyFile.Read(content);
        }
        catch (LoginException ex)
        {
            entry.ErrorAt(key, ex.Message, ex.Fix);
            return null;
        }
    }
}
