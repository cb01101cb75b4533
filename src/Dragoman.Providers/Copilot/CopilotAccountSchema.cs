using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Copilot;

/// <summary>The token of a login, or a personal access token; and which models are asked in which protocol.</summary>
internal sealed class CopilotAccountSchema : IAccountSchema
{
    /// <summary>The key of the models that are asked by Anthropic's Messages.</summary>
    public const string MessagesModels = "messages-models";

    /// <summary>The key of the models that are asked by Responses.</summary>
    public const string ResponsesModels = "responses-models";

    /// <summary>The option that holds the integration.</summary>
    public const string IntegrationOption = "integration-id";

    /// <summary>The integration of GitHub's own command line.</summary>
    public const string DefaultIntegration = "copilot-developer-cli";

    private static readonly ModelSettings Models = new();

    private static readonly SettingField Integration = new(IntegrationOption, SettingType.Text, "What Copilot-Integration-Id says; Copilot takes personal access tokens only with the default.") { Default = DefaultIntegration };

    /// <inheritdoc/>
    public string Section => CopilotModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields), new CredentialForm(ApiKeyCredential.KindName, "Personal access token", ApiKeyCredential.Fields)],
        [
            new SettingField("base-url", SettingType.Address, "Where the API of the plan is; a login finds it out.") { Default = CopilotSettings.DefaultBase },
            new SettingField(MessagesModels, SettingType.Text, "The models that are asked by Anthropic's Messages, with commas between; * stands for any run of characters.") { Default = "claude-*" },
            new SettingField(ResponsesModels, SettingType.Text, "The models that are asked by Responses, with commas between; all others by Chat Completions.") { Default = "*codex*,gpt-6*" },
            Integration,
            .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/chat/completions", "/v1/messages", "/responses") ?? CopilotSettings.DefaultBase;
        Credential? credential = entry.Has("access-token") ? ReadLogin(entry) : ApiKeyCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Form.Settings.Where(field => field.Name is MessagesModels or ResponsesModels || field == Integration)) options[field.Name] = entry.Text(field.Name) ?? field.Default!;
        if (!HeaderSafe.Check(options[Integration.Name])) entry.ErrorAt(Integration.Name, "The value contains a space or a character that no header can carry.", "Write one word.");
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? CopilotModule.Id, Provider = CopilotModule.Id, Protocol = Protocol.OpenAiChat, BaseUrl = baseUrl, Credential = credential, Options = options,
            }),
        ];
    }

    /// <summary>GitHub's token of the old kind, written as it is, is exchanged before its first use.</summary>
    private static OAuthCredential? ReadLogin(SettingsReader entry)
        => OAuthCredential.Read(entry) is not { } login ? null
            : login is { RefreshToken: null } && CopilotTokens.IsOld(login.AccessToken) ? login with { RefreshToken = login.AccessToken, Expires = DateTimeOffset.UnixEpoch } : login;
}
