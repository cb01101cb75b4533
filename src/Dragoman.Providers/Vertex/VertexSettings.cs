using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Vertex;

/// <summary>Where Google's tokens are had, and what new accounts get (<c>providers.vertex</c>). The defaults are those of 2026-11 (wire notes cliproxyapi 6.4).</summary>
internal sealed record VertexSettings : IProviderSettings<VertexSettings>
{
    private static readonly SettingField TokenField = new("token-url", SettingType.Address, "Where access tokens are had for a key or a refresh token; an address in a file is never called.") { Default = "https://oauth2.googleapis.com/token" };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scope that is asked for.") { Default = "https://www.googleapis.com/auth/cloud-platform" };

    private static readonly SettingField StsField = new("sts-url", SettingType.Address, "Where tokens of other identity providers are exchanged; an address in a file is never called.") { Default = "https://sts.googleapis.com/v1/token" };

    private static readonly SettingField IamField = new("iam-url", SettingType.Address, "Where the token of an impersonated service account is had.") { Default = "https://iamcredentials.googleapis.com" };

    private static readonly SettingField SubjectField = new("subject-token-urls", SettingType.TextList, "Addresses that may be asked for another identity provider's token, each with all paths below it; what a credential file names besides is not asked.");

    private static readonly SettingField LocationField = new("location", SettingType.Text, "The location that imported accounts get.") { Default = VertexAddress.Global };

    private static readonly SettingField ProjectField = new("project", SettingType.Text, "The project that imported accounts get whose file names none.");

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Another address than the location's own, that imported accounts get.");

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [TokenField, ScopeField, StsField, IamField, SubjectField, LocationField, ProjectField, BaseField];

    /// <inheritdoc/>
    public static VertexSettings Defaults { get; } = new();

    /// <summary>The token endpoint.</summary>
    public string TokenUrl { get; init; } = TokenField.Default!;

    /// <summary>The scope.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>Google's token service.</summary>
    public string StsUrl { get; init; } = StsField.Default!;

    /// <summary>Where tokens of service accounts are had, without a slash at the end.</summary>
    public string IamUrl { get; init; } = IamField.Default!;

    /// <summary>Addresses that may be asked for another identity provider's token.</summary>
    public IReadOnlyList<string> SubjectTokenUrls { get; init; } = [];

    /// <summary>The location of imported accounts.</summary>
    public string Location { get; init; } = VertexAddress.Global;

    /// <summary>The project of imported accounts; null where the file has to name it.</summary>
    public string? Project { get; init; }

    /// <summary>The address of imported accounts; null for the location's own.</summary>
    public string? BaseUrl { get; init; }

    /// <inheritdoc/>
    public static VertexSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new VertexSettings
        {
            TokenUrl = AddressSettings.Base(section, TokenField.Name) ?? Defaults.TokenUrl,
            Scope = section.Text(ScopeField.Name) is { Length: > 0 } scope ? scope : Defaults.Scope,
            StsUrl = AddressSettings.Base(section, StsField.Name) ?? Defaults.StsUrl,
            IamUrl = AddressSettings.Base(section, IamField.Name) ?? Defaults.IamUrl,
            SubjectTokenUrls = AddressSettings.Bases(section, SubjectField.Name),
            Location = VertexAccountSchema.ReadLocation(section) ?? Defaults.Location,
            Project = VertexAccountSchema.ReadProject(section),
            BaseUrl = AddressSettings.Base(section, BaseField.Name),
        };
    }
}
