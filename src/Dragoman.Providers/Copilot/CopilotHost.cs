using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// Which GitHub a login is at: the one of the settings, or an enterprise's own host of GitHub's cloud (<c>octocorp.ghe.com</c>), which a person names for one login and the login keeps. There people sign in at the
/// host itself, and GitHub's API is below <c>api.</c>; both on the same paths (wire notes logins-2026-11, section 8).
/// </summary>
internal static class CopilotHost
{
    private const string Key = "host";
    private const string Cloud = ".ghe.com";

    /// <summary>What people are asked for.</summary>
    public static SettingField Field { get; } = new(Key, SettingType.Text, "The host of your enterprise at GitHub, like octocorp.ghe.com. Left out: github.com.");

    /// <summary>The settings as they are for a login that begins.</summary>
    /// <exception cref="LoginException">The host is none of GitHub's.</exception>
    public static CopilotSettings SettingsFor(VendorContext context)
    {
        var settings = context.SettingsAs<CopilotSettings>();
        if (!context.Wishes.TryGetValue(Key, out var host) || host == "github.com") return settings;
        host = host.ToLowerInvariant();
        return IsHost(host) ? At(settings, host) : throw new LoginException($"'{host}' is no host of an enterprise at GitHub.")
        {
            Fix = "Write it like octocorp.ghe.com. For a GitHub server of your own set providers.github-copilot.login-url and api-url.",
        };
    }

    /// <summary>The settings as they are for a login that is there.</summary>
    public static CopilotSettings SettingsFor(VendorContext context, OAuthCredential login)
    {
        var settings = context.SettingsAs<CopilotSettings>();
        return login.Extra.TryGetValue(Key, out var host) && IsHost(host) ? At(settings, host) : settings;
    }

    /// <summary>What a login keeps of its host; nothing where it is that of the provider's settings.</summary>
    public static void Keep(Dictionary<string, string> extra, CopilotSettings settings, VendorContext context)
    {
        if (settings.LoginUrl != context.SettingsAs<CopilotSettings>().LoginUrl) extra[Key] = new Uri(settings.LoginUrl).Host;
    }

    private static CopilotSettings At(CopilotSettings settings, string host) => settings with { LoginUrl = $"https://{host}", ApiUrl = $"https://api.{host}" };

    /// <summary>One name below GitHub's own domain for enterprises: tokens go nowhere else.</summary>
    private static bool IsHost(string host)
    {
        if (!host.EndsWith(Cloud, StringComparison.Ordinal)) return false;
        var name = host[..^Cloud.Length];
        return name.Length is > 0 and <= 63 && name[0] != '-' && name[^1] != '-' && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
    }
}
