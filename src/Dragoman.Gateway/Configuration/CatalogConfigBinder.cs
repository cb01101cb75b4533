using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>models</c>, the section about models in general; the models of an account stand with the account.</summary>
internal static class CatalogConfigBinder
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    public static CatalogOptions Read(SettingsReader root)
    {
        if (root.Section("models") is not { } models) return new CatalogOptions();
        var options = new CatalogOptions();
        var section = models.Section("catalog");
        if (models.Section("catalogue") is { } former)
        {
            models.WarnAt("catalogue", "The key is now called 'catalog'.", "Rename it to catalog.");
            section ??= former;
        }

        if (section is not null)
        {
            options = new CatalogOptions
            {
                File = section.Text("file") is { Length: > 0 } file ? file : null,
                Url = Address(section),
                Refresh = section.Duration("refresh", options.Refresh),
            };
            if (options is { File: not null, Url: not null }) section.ErrorAt("url", "The catalog has both a file and an address.", "Keep one of them.");
            if (options.Refresh < Shortest) section.ErrorAt("refresh", "The catalog cannot be refreshed more often than once a minute.", "Write a duration like 24h.");
            section.Finish();
        }

        models.Finish();
        return options;
    }

    private static Uri? Address(SettingsReader section)
    {
        if (section.Text("url") is not { Length: > 0 } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            section.ErrorAt("url", "This is not an address.", "Write it with scheme and host, like https://models.dev/api.json");
            return null;
        }

        if (uri.UserInfo.Length == 0) return uri;
        section.ErrorAt("url", "An address must not carry a user name or password.", "Fetch the list yourself, and name the file.");
        return null;
    }
}
