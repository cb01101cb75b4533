using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Protocols.OpenAiResponses.Shared;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// ChatGPT plans: OpenAI's models by Responses at the Codex backend, with a login. API keys of OpenAI are another offer at another address, see the neighbour <c>Codex</c>.
/// </summary>
public static class ChatGptModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "chatgpt";

    private static readonly ResponsesOptions Options = new() { NamesConversations = true };

    private static readonly ModelScope Scope = new ChatGptModelScope();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "ChatGPT (Codex)")
        {
            BaseUrls = [ChatGptSettings.DefaultBase],
            Protocols = [Protocol.OpenAiResponses],
            Homepage = "https://chatgpt.com/codex",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Tolerated, "OpenAI names coding tools of other makers that may be used with a ChatGPT plan and registers no clients for them; one plan is for one person and must not be shared among many.", new DateOnly(2026, 11, 29)),
        },
        Accounts = new ChatGptAccountSchema(),
        Requests = new ChatGptRequests(),
        Editor = new ChatGptRequestEditor(),
        OpenStreamFilter = ChatGptStreamFilter.Open,
        Authenticator = ChatGptAuthenticator.Instance,
        Failures = new ChatGptFailures(),
        Quotas = new ChatGptQuotaHeaders(),
        QuotaReader = new ChatGptQuotaReader(),
        Refresher = new ChatGptRefresher(),
        SignOut = new ChatGptSignOut(),
        Models = new ChatGptModelList(),
        Logins = [new ChatGptBrowserLogin(), new ChatGptDeviceLogin(), new ChatGptImportLogin()],
        Settings = ProviderSettings.From<ChatGptSettings>(new DateOnly(2026, 11, 29)),
        KeepsResponses = false,
        OptionsOf = static (_, _) => Options,
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "openai",
    };

    /// <summary>OpenAI's models. Which of them a plan has, only the backend's own list says.</summary>
    private sealed class ChatGptModelScope() : VendorModelScope("openai", takesDottedNames: true)
    {
        public override bool Shows(CatalogModel model) => false;
    }
}
