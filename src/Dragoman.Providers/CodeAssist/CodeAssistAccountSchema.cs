using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.CodeAssist;

/// <summary>
/// The tokens of a login, and the project that requests are for. Where an entry has no token, those of the environment count that Gemini CLI takes as well: <c>GOOGLE_CLOUD_ACCESS_TOKEN</c>, <c>GOOGLE_CLOUD_PROJECT</c>
/// and <c>CODE_ASSIST_ENDPOINT</c> (wire notes logins-2026-11, section 3).
/// </summary>
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
        var ofEnvironment = FromEnvironment(entry, environment);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/v1internal") ?? (ofEnvironment is null ? null : EndpointOf(environment)) ?? CodeAssistSettings.DefaultBase;
        var credential = ofEnvironment ?? OAuthCredential.Read(entry);
        var project = entry.Text(Project.Name) ?? (ofEnvironment is null ? null : environment("GOOGLE_CLOUD_PROJECT"));
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

    /// <summary>The environment's token, for an entry without one; it is good for an hour, and Gemini CLI does not renew it either.</summary>
    private static OAuthCredential? FromEnvironment(SettingsReader entry, Func<string, string?> environment)
        => !entry.Has("access-token") && environment("GOOGLE_CLOUD_ACCESS_TOKEN") is { Length: > 0 } token && HeaderSafe.Check(token) ? new OAuthCredential { AccessToken = token } : null;

    private static string? EndpointOf(Func<string, string?> environment)
        => Uri.TryCreate(environment("CODE_ASSIST_ENDPOINT"), UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo.Length: 0 } ? address.GetLeftPart(UriPartial.Path).TrimEnd('/') : null;
}
