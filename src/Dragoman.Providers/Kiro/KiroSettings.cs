using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Where people sign in to Kiro and where the service is (<c>providers.kiro</c>). The defaults are those of 2026-11 (wire notes kiro-and-bedrock §B.1, §B.14, §B.15 and logins-2026-11 §5).
/// </summary>
internal sealed record KiroSettings : IProviderSettings<KiroSettings>
{
    private static readonly SettingField AuthField = new("auth-url", SettingType.Address, "Kiro's own sign-in for Google and GitHub.") { Default = "https://prod.us-east-1.auth.desktop.kiro.dev" };

    private static readonly SettingField PortalField = new("portal-url", SettingType.Address, "The page where a person chooses how to sign in.") { Default = "https://app.kiro.dev" };

    private static readonly SettingField OidcField = new("oidc-url", SettingType.Text, "AWS's OIDC service; {region} stands for the region of the login.") { Default = "https://oidc.{region}.amazonaws.com" };

    private static readonly SettingField ServiceField = new("service-url", SettingType.Text, "The service that new accounts use, and that profiles and usage are asked of; {region} stands for its region.") { Default = KiroAddress.Amazon };

    private static readonly SettingField ManagementField = new("management-url", SettingType.Text, "The newer host of profiles and lists; {region} stands for its region.") { Default = KiroAddress.Management };

    private static readonly SettingField BuilderField = new("builder-start-url", SettingType.Address, "The start page of AWS Builder ID.") { Default = "https://view.awsapps.com/start" };

    private static readonly SettingField StartField = new("start-url", SettingType.Address, "The start page of your Identity Center, like https://d-0000000000.awsapps.com/start.");

    private static readonly SettingField RegionField = new("oidc-region", SettingType.Text, "The region of your Identity Center.") { Default = KiroAddress.DefaultRegion };

    private static readonly SettingField NameField = new("client-name", SettingType.Text, "The name that the gateway registers itself under at AWS.") { Default = "dragoman" };

    private static readonly SettingField ScopesField = new("scopes", SettingType.TextList, "The scopes that are asked for at AWS.");

    private static readonly SettingField DeviceClientField = new("device-client-id", SettingType.Text, "The client id that Kiro's sign-in takes for device codes.") { Default = "kiro-cli" };

    private static readonly SettingField VersionField = new("interface-version", SettingType.Text, "The version of Kiro's interface that usage and renewal are asked in; later ones than the default want a profile.") { Default = "0.9.2" };

    private static readonly SettingField HostsField = new("token-hosts", SettingType.TextList, "The hosts, or the ends of their names, at which companies' own identity providers may renew tokens; a file that names another is not believed.");

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } =
        [AuthField, PortalField, OidcField, ServiceField, ManagementField, BuilderField, StartField, RegionField, NameField, ScopesField, DeviceClientField, VersionField, HostsField];

    /// <inheritdoc/>
    public static KiroSettings Defaults { get; } = new();

    /// <summary>Kiro's own sign-in, without a slash at the end.</summary>
    public string AuthUrl { get; init; } = AuthField.Default!;

    /// <summary>The page where a person chooses how to sign in, without a slash at the end.</summary>
    public string PortalUrl { get; init; } = PortalField.Default!;

    /// <summary>AWS's OIDC service.</summary>
    public string OidcUrl { get; init; } = OidcField.Default!;

    /// <summary>The service.</summary>
    public string ServiceUrl { get; init; } = ServiceField.Default!;

    /// <summary>The newer host of profiles.</summary>
    public string ManagementUrl { get; init; } = ManagementField.Default!;

    /// <summary>The start page of AWS Builder ID.</summary>
    public string BuilderStartUrl { get; init; } = BuilderField.Default!;

    /// <summary>The start page of the owner's Identity Center; null where none is configured.</summary>
    public string? StartUrl { get; init; }

    /// <summary>The region of the owner's Identity Center.</summary>
    public string OidcRegion { get; init; } = RegionField.Default!;

    /// <summary>The name of the registration.</summary>
    public string ClientName { get; init; } = NameField.Default!;

    /// <summary>The scopes at AWS: those that a conversation needs.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["codewhisperer:completions", "codewhisperer:analysis", "codewhisperer:conversations"];

    /// <summary>The client id for device codes.</summary>
    public string DeviceClientId { get; init; } = DeviceClientField.Default!;

    /// <summary>The version of Kiro's interface.</summary>
    public string InterfaceVersion { get; init; } = VersionField.Default!;

    /// <summary>Where companies' own identity providers may renew tokens: Microsoft Entra.</summary>
    public IReadOnlyList<string> TokenHosts { get; init; } = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

    /// <inheritdoc/>
    public static KiroSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var version = section.Text(VersionField.Name) is { Length: > 0 } stated ? stated : Defaults.InterfaceVersion;
        if (!version.All(static letter => char.IsAsciiDigit(letter) || letter == '.'))
        {
            section.ErrorAt(VersionField.Name, $"'{version}' is not a version.", "Write it like 0.9.2.");
            version = Defaults.InterfaceVersion;
        }

        return new KiroSettings
        {
            AuthUrl = AddressSettings.Base(section, AuthField.Name) ?? Defaults.AuthUrl,
            PortalUrl = AddressSettings.Base(section, PortalField.Name) ?? Defaults.PortalUrl,
            OidcUrl = Template(section, OidcField),
            ServiceUrl = Template(section, ServiceField),
            ManagementUrl = Template(section, ManagementField),
            BuilderStartUrl = AddressSettings.Base(section, BuilderField.Name) ?? Defaults.BuilderStartUrl,
            StartUrl = AddressSettings.Base(section, StartField.Name),
            OidcRegion = ReadRegion(section),
            ClientName = section.Text(NameField.Name) is { Length: > 0 } name ? name : Defaults.ClientName,
            Scopes = Texts(section, ScopesField, Defaults.Scopes),
            DeviceClientId = section.Text(DeviceClientField.Name) is { Length: > 0 } client ? client : Defaults.DeviceClientId,
            InterfaceVersion = version,
            TokenHosts = Texts(section, HostsField, Defaults.TokenHosts),
        };
    }

    /// <summary>An address with <c>{region}</c> in it, which is no address before the region stands there.</summary>
    private static string Template(SettingsReader section, SettingField field)
    {
        if (section.Text(field.Name) is not { Length: > 0 } text) return field.Default!;
        if (Uri.TryCreate(KiroAddress.In(text, KiroAddress.DefaultRegion), UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", Query: "", UserInfo: "" }) return text.TrimEnd('/');
        section.ErrorAt(field.Name, "This is not an address.", $"Write it like {field.Default}.");
        return field.Default!;
    }

    private static IReadOnlyList<string> Texts(SettingsReader section, SettingField field, IReadOnlyList<string> usual)
        => section.GetStrings(field.Name).Select(static item => item.Text).ToList() is { Count: > 0 } stated ? stated : usual;

    private static string ReadRegion(SettingsReader section)
    {
        if (section.Text(RegionField.Name) is not { Length: > 0 } text) return Defaults.OidcRegion;
        if (KiroAddress.IsRegion(text)) return text;
        section.ErrorAt(RegionField.Name, $"'{text}' is not an AWS region.", "Write it like us-east-1.");
        return Defaults.OidcRegion;
    }
}
