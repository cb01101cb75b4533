using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>The tokens of a login, the project that requests are for, and the version that the service keeps newer models from.</summary>
internal sealed class AntigravityAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The version of the program whose requests these are.</summary>
    public static readonly SettingField ClientVersion = new("client-version", SettingType.Text, "The version that User-Agent begins with; the service keeps newer models from older ones.") { Default = "2.9.1" };

    private static readonly SettingField FallbackUrls = new("fallback-urls", SettingType.TextList, "Further addresses of the service, asked in this order where the first is silent for a minute or fails; for the usual address there is one.");

    /// <inheritdoc/>
    public string Section => "antigravity-account";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [
            new SettingField("base-url", SettingType.Address, "Where the service is.") { Default = AntigravitySettings.DefaultBase }, FallbackUrls, CodeAssistAccountSchema.Project, ClientVersion,
            .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <summary>What the service is told of the program: the version that it goes by, and who really asks.</summary>
    public static string UserAgentOf(Account account) => $"antigravity/hub/{account.Options.GetValueOrDefault(ClientVersion.Name, ClientVersion.Default!)} {Product.UserAgent}";

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/v1internal") ?? AntigravitySettings.DefaultBase;
        var fallbacks = AntigravitySettings.FallbacksOf(entry, FallbackUrls.Name, baseUrl);
        var credential = OAuthCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { [ClientVersion.Name] = HeaderSafe.Read(entry, ClientVersion, "Write a version, like 2.9.1.") };
        if (entry.Text(CodeAssistAccountSchema.Project.Name) is { Length: > 0 } project) options[CodeAssistAccountSchema.Project.Name] = project;
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account { Id = "", Label = shared.Name ?? AntigravityModule.Id, Provider = AntigravityModule.Id, Protocol = Protocol.Gemini, BaseUrl = baseUrl, FallbackUrls = fallbacks, Credential = credential, Options = options }),
        ];
    }
}
