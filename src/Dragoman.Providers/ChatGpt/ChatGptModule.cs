using System.Globalization;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Text;
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
    public const string Id = "chatgpt";

    private static readonly ResponsesOptions Options = new() { NamesConversations = true };

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "ChatGPT (Codex)")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [ChatGptSettings.DefaultBase],
            Protocols = [Protocol.OpenAiResponses],
            Homepage = "https://chatgpt.com/codex",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Tolerated, "OpenAI names coding tools of other makers that may be used with a ChatGPT plan and registers no clients for them; one plan is for one person and must not be shared among many.", new DateOnly(2026, 11, 29)),
        },
        Accounts = new ChatGptAccountSchema(),
        Requests = new ChatGptRequests(),
        Editor = new ChatGptRequestEditor(),
        Sockets = new ChatGptSockets(),
        OpenStreamFilter = ChatGptStreamFilter.Open,
        Authenticator = ChatGptAuthenticator.Instance,
        Failures = new ChatGptFailures(),
        Quotas = new ChatGptQuotaHeaders(),
        QuotaReader = new ChatGptQuotaReader(),
        Actions = [new ChatGptResetAction()],
        Refresher = new ChatGptRefresher(),
        SignOut = new ChatGptSignOut(),
        Models = new ChatGptModelList(),
        FileType = "codex",
        Logins = [new ChatGptBrowserLogin(), new ChatGptDeviceLogin(), new ChatGptImportLogin()],
        Settings = ProviderSettings.From<ChatGptSettings>(new DateOnly(2026, 11, 29)),
        KeepsResponses = false,
        OptionsOf = static (_, _) => Options,
        ScopeOf = ChatGptModelScope.Of,
        WarningsOf = WarningsOf,
        TelemetryNameOf = static _ => "openai",
    };

    private static IReadOnlyList<CodedText> WarningsOf(Account account, DateTimeOffset now)
    {
        if (account.Credential is not OAuthCredential login) return [];
        var warnings = new List<CodedText>();
        if (ChatGptClaims.Of(login).SubscribedUntil is { } end && end < now)
        {
            var day = end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            warnings.Add(CodedText.Create("subscription_ended", $"The subscription has ended on {day}, as the token says.", ("day", day)));
        }

        if (login.RefreshToken is null && login.ExpiresAt is { } expiry && expiry - now < TimeSpan.FromDays(2))
        {
            var time = expiry.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            warnings.Add(CodedText.Create("token_ends", $"The token ends on {time} UTC and cannot be renewed; sign in again.", ("time", $"{time} UTC")));
        }

        return warnings;
    }
}
