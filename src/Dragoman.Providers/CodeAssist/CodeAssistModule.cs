using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>Gemini Code Assist with a Standard or Enterprise licence, as Gemini CLI uses it.</summary>
public static class CodeAssistModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "code-assist";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    private static readonly ModelScope Scope = new VendorModelScope("google", takesDottedNames: true);

    private static readonly GoogleTokens Tokens = new();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Gemini Code Assist")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [CodeAssistSettings.DefaultBase],
            Protocols = [Protocol.Gemini],
            Homepage = "https://codeassist.google",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Forbidden, "Google's terms for Gemini CLI (March 2026) name access to Code Assist by other programs a violation; personal accounts ended on 18 June 2026. Use an API key of the Gemini API where you can.", AsOf),
        },
        Accounts = new CodeAssistAccountSchema(),
        Requests = new CodeAssistRequests("retrieveUserQuota"),
        Models = new CodeAssistModels(),
        Authenticator = HeaderKey.Bearer,
        Failures = new CodeAssistFailures(),
        QuotaReader = new CodeAssistQuotaReader(),
        Refresher = Tokens,
        SignOut = Tokens,
        TokenCounts = new TokenCountField("totalTokens"),
        Envelope = new CodeAssistEnvelope(),
        FileType = "gemini",
        Logins = [new CodeAssistLogin(), new CodeAssistFileLogin()],
        Settings = ProviderSettings.From<CodeAssistSettings>(AsOf),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "gcp.gemini",
    };
}
