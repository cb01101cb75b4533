using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.ChatGpt;

/// <summary>The tokens of a login, and how the gateway names itself and its version to the backend.</summary>
internal sealed class ChatGptAccountSchema : IAccountSchema
{
    /// <summary>The key under which a login keeps its plan (<see cref="OAuthCredential.Extra"/>).</summary>
    public const string Plan = "plan";

    /// <summary>The key of the name that the gateway gives itself.</summary>
    public const string Originator = "originator";

    /// <summary>The key of the version whose requests these are.</summary>
    public const string ClientVersion = "client-version";

    /// <summary>The key of the models that are listed for an account that names none.</summary>
    public const string ListedModels = "listed-models";

    /// <summary>The key of the way that requests go.</summary>
    public const string Transport = "transport";

    /// <summary>The way over a WebSocket.</summary>
    public const string WebSocket = "websocket";

    /// <summary>The key of the word by which a handshake asks for WebSockets.</summary>
    public const string SocketBeta = "websocket-beta";

    private const string Http = "http";

    private static readonly ModelSettings Models = new();

    private static readonly SettingField OriginatorField = new(Originator, SettingType.Text, "How the gateway names itself in originator.") { Default = ChatGptSettings.DefaultOriginator };

    private static readonly SettingField VersionField = new(ClientVersion, SettingType.Text, "The version of the Codex programs whose requests these are; the backend keeps newer models from older versions.")
    {
        Default = ChatGptSettings.DefaultClientVersion,
    };

    private static readonly SettingField ListedField = new(ListedModels, SettingType.Text, "The models of the catalog that are listed for clients where the account names none, with commas between; * stands for any run of characters. Others can be asked for all the same.")
    {
        Default = "gpt-5.4,gpt-5.4-mini,gpt-5.5,gpt-5.6-luna,gpt-5.6-terra,gpt-5.6-sol,gpt-6*-luna,gpt-6*-terra,gpt-6*-sol,gpt-6*-astra",
    };

    private static readonly SettingField TransportField = new(Transport, SettingType.Choice, "How the backend is asked: over HTTP, or over a WebSocket, and over HTTP for some minutes where it does not take that.")
    {
        Choices = [Http, WebSocket], Default = Http,
    };

    private static readonly SettingField SocketBetaField = new(SocketBeta, SettingType.Text, "What a WebSocket's handshake says in OpenAI-Beta.") { Default = ChatGptSettings.DefaultSocketBeta };

    /// <inheritdoc/>
    public string Section => ChatGptModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [new SettingField("base-url", SettingType.Address, "Where the backend is.") { Default = ChatGptSettings.DefaultBase }, OriginatorField, VersionField, ListedField, TransportField, SocketBetaField, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/responses") ?? ChatGptSettings.DefaultBase;
        var credential = OAuthCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in (ReadOnlySpan<SettingField>)[OriginatorField, VersionField, SocketBetaField]) options[field.Name] = HeaderSafe.Read(entry, field);
        options[ListedModels] = entry.Text(ListedModels) ?? ListedField.Default!;
        options[Transport] = entry.GetEnum(Transport, Http, (Http, Http), (WebSocket, WebSocket));
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? ChatGptModule.Id, Provider = ChatGptModule.Id, Protocol = Protocol.OpenAiResponses, BaseUrl = baseUrl, Credential = credential, Options = options,
            }),
        ];
    }
}
