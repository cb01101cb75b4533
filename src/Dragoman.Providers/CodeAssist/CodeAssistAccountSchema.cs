using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.CodeAssist;

/// <summary>The tokens of a login, or an access token alone as Gemini CLI takes it (<c>GOOGLE_CLOUD_ACCESS_TOKEN</c>), and the project that requests are for.</summary>
internal sealed class CodeAssistAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The project.</summary>
    public static readonly SettingField Project = new("project", SettingType.Text, "The Google Cloud project that requests are for; a login finds it out.");

    /// <inheritdoc/>
    public string Section => CodeAssistModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [new SettingField("base-url", SettingType.Address, "Where the service is.") { Default = CodeAssistSettings.DefaultBase }, Project, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/v1internal") ?? CodeAssistSettings.DefaultBase;
        var credential = OAuthCredential.Read(entry);
        var project = entry.Text(Project.Name);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? CodeAssistModule.Id, Provider = CodeAssistModule.Id, Protocol = Protocol.Gemini, BaseUrl = baseUrl, Credential = credential,
                Options = project is { Length: > 0 } ? new Dictionary<string, string> { [Project.Name] = project } : new Dictionary<string, string>(),
            }),
        ];
    }
}
