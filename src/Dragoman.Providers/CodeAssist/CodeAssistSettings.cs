using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.CodeAssist;

/// <summary>
/// Where people sign in at Google for Gemini Code Assist, and as which registered application (<c>providers.code-assist</c>). The defaults are those of 2026-11 (wire notes logins-2026-11, section 3, and
/// codex-and-antigravity D.14).
/// </summary>
internal sealed record CodeAssistSettings : IProviderSettings<CodeAssistSettings>, IGoogleSettings
{
    /// <summary>Where the service is.</summary>
    public const string DefaultBase = "https://cloudcode-pa.googleapis.com";

    private static readonly GoogleApplicationFields Google = new(
        CodeAssistModule.Id, "Gemini CLI", DefaultBase, "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com",
        "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile");

    private static readonly SettingField CodePageField = new("code-page", SettingType.Address, "The vendor's page that shows the code, where the browser is on another machine.") { Default = "https://codeassist.google.com/authcode" };

    private static readonly SettingField ProjectField = new("project", SettingType.Text, "The Google Cloud project of the licence; found out at the login where it is absent.");

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The loopback port that the browser is sent back to.") { Default = "8085", Min = 1, Max = 65_535 };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [.. Google.All, CodePageField, ProjectField, PortField];

    /// <inheritdoc/>
    public static CodeAssistSettings Defaults { get; } = new();

    /// <inheritdoc/>
    public GoogleApplication Application { get; init; } = Google.Default;

    /// <summary>The page that shows the code.</summary>
    public string CodePage { get; init; } = CodePageField.Default!;

    /// <summary>The project of the licence; null where it is found out.</summary>
    public string? Project { get; init; }

    /// <summary>The loopback port.</summary>
    public int Port { get; init; } = 8085;

    /// <summary>Where the service is, without a slash at the end.</summary>
    public string BaseUrl => Application.BaseUrl;

    /// <inheritdoc/>
    public static CodeAssistSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new CodeAssistSettings
        {
            Application = Google.Read(section),
            CodePage = AddressSettings.Base(section, CodePageField.Name) ?? Defaults.CodePage,
            Project = section.Text(ProjectField.Name) is { Length: > 0 } project ? project : null,
            Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_535),
        };
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "settings of Code Assist";
}
