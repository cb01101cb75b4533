using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.CodeAssist;

/// <summary>The settings of a <see cref="GoogleApplication"/>. Google's token endpoint wants the application's secret; none is shipped, the owner sets it.</summary>
/// <param name="section">The section of the provider's settings.</param>
/// <param name="program">The vendor's program that is signed in to, for people.</param>
/// <param name="baseUrl">Where the service is.</param>
/// <param name="clientId">The program's client id.</param>
/// <param name="scope">The scopes that it asks for.</param>
internal sealed class GoogleApplicationFields(string section, string program, string baseUrl, string clientId, string scope)
{
    private readonly SettingField _authorize = new("authorize-url", SettingType.Address, "The page that a person signs in at.") { Default = "https://accounts.google.com/o/oauth2/v2/auth" };

    private readonly SettingField _token = new("token-url", SettingType.Address, "Where codes and refresh tokens are exchanged.") { Default = "https://oauth2.googleapis.com/token" };

    private readonly SettingField _revoke = new("revoke-url", SettingType.Address, "Where a login is ended.") { Default = "https://oauth2.googleapis.com/revoke" };

    private readonly SettingField _user = new("userinfo-url", SettingType.Address, "What says whose login it is.") { Default = "https://www.googleapis.com/oauth2/v1/userinfo" };

    private readonly SettingField _base = new("base-url", SettingType.Address, "Where the service is, which says project and tier, and that new accounts get.") { Default = baseUrl };

    private readonly SettingField _client = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = clientId };

    private readonly SettingField _secret = new("client-secret", SettingType.Text, $"The application's secret, which is in the {program} that you have installed; none is shipped.") { IsSecret = true };

    private readonly SettingField _scope = new("scope", SettingType.Text, "The scopes that are asked for.") { Default = scope };

    /// <summary>All of them.</summary>
    public IReadOnlyList<SettingField> All => [_authorize, _token, _revoke, _user, _base, _client, _secret, _scope];

    /// <summary>The application where nothing is set.</summary>
    public GoogleApplication Default => new(section, _authorize.Default!, _token.Default!, _revoke.Default!, _user.Default!, baseUrl, clientId, null, scope);

    /// <summary>The application as it is set.</summary>
    public GoogleApplication Read(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string Address(SettingField field) => AddressSettings.Base(settings, field.Name) ?? field.Default!;
        string? Text(SettingField field) => settings.Text(field.Name) is { Length: > 0 } text ? text : field.Default;
        return new GoogleApplication(section, Address(_authorize), Address(_token), Address(_revoke), Address(_user), Address(_base), Text(_client)!, Text(_secret), Text(_scope)!);
    }
}
