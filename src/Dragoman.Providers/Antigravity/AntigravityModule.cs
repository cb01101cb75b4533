using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>Google Antigravity: Gemini, Claude and open models with a Google account, in Code Assist's protocol.</summary>
public static class AntigravityModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "antigravity";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    private static readonly ModelScope Scope = new AntigravityModelScope();

    private static readonly GoogleTokens Tokens = new();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Google Antigravity")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [AntigravitySettings.DefaultBase],
            Protocols = [Protocol.Gemini],
            Homepage = "https://antigravity.google",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Forbidden, "Google's FAQ for Antigravity says that use by third-party software breaks its terms and names Vertex AI and API keys instead; accounts have been banned for it.", AsOf),
        },
        Accounts = new AntigravityAccountSchema(),
        Requests = new AntigravityRequests(),
        Editor = new AntigravityEditor(),
        HostFallback = new HostFallback(IsOfHost) { Silence = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromSeconds(1) },
        Models = new AntigravityModels(),
        Authenticator = HeaderKey.Bearer,
        Failures = new CodeAssistFailures(),
        QuotaReader = new AntigravityQuotaReader(),
        Refresher = Tokens,
        SignOut = Tokens,
        TokenCounts = new TokenCountField("totalTokens"),
        Envelope = new AntigravityEnvelope(),
        FileType = "antigravity",
        Logins = [new AntigravityLogin(), new AntigravityFileLogin()],
        Settings = ProviderSettings.From<AntigravitySettings>(AsOf),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "gcp.gemini",
    };

    /// <summary>What another host may do better (wire notes codex-and-antigravity D.5, logins-2026-11 section 4): silence, faults, models that a host does not know, and refusals that say nothing of the account.</summary>
    private static bool IsOfHost(Failure failure) => failure.Class switch
    {
        FailureClass.Gone => true,
        FailureClass.Forbidden => !failure.IsOfAccount,
        FailureClass.RateLimited => failure.Until is null && failure.Error.Code is null,
        // Capacity that is used up is the model's, at every host; a host that is silent is not.
        FailureClass.Capacity => failure.Error.Code == UpstreamFaults.Timeout,
        FailureClass.Transient => HostFallback.IsBroken(failure),
        _ => false,
    };

    private sealed class AntigravityRequests : IRequestBuilder
    {
        private static readonly CodeAssistRequests Shared = new("fetchAvailableModels");

        public BuiltRequest? Build(UpstreamCall call)
        {
            if (Shared.Build(call) is not { } built) return null;
            if (call.Account.Headers.ContainsKey("User-Agent")) return built;
            built.Message.Headers.Remove("User-Agent");
            built.Message.Headers.TryAddWithoutValidation("User-Agent", AntigravityAccountSchema.UserAgentOf(call.Account));
            return built;
        }
    }

    /// <summary>Models of the makers that it serves. Which of them an account has, only the service's own list says.</summary>
    private sealed class AntigravityModelScope : ModelScope
    {
        public override bool Fits(string model)
            => model.StartsWith("gemini-", StringComparison.OrdinalIgnoreCase) || model.StartsWith("gpt-oss-", StringComparison.OrdinalIgnoreCase) || (model.StartsWith("claude-", StringComparison.OrdinalIgnoreCase) && !HostedName.IsDotted(model));

        public override bool Shows(CatalogModel model) => false;
    }
}
