using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>Kimi Code: Moonshot's models with a plan for coding agents, by signing in. API keys go by <c>openai-compatibility</c>.</summary>
public static class KimiModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "kimi-code";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    private static readonly ModelScope Scope = new KimiModelScope();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Kimi Code")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [KimiSettings.DefaultBase],
            Protocols = [Protocol.OpenAiChat, Protocol.AnthropicMessages],
            Homepage = "https://www.kimi.com/code",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Forbidden, "Moonshot offers the plan to the coding agents that it lists, and its service refuses requests that do not name the platform of its own program (since June 2026).", AsOf),
        },
        Accounts = KimiAccountSchema.Create(),
        Requests = new KimiRequests(),
        Authenticator = HeaderKey.Bearer,
        Failures = new KimiFailures(),
        Quotas = QuotaHeaders.Instance,
        QuotaReader = new KimiQuotaReader(),
        Refresher = new KimiTokenRefresher(),
        Models = ModelLists.Instance,
        FileType = "kimi",
        Logins = [new KimiLogin(), new KimiFileLogin()],
        Settings = ProviderSettings.From<KimiSettings>(AsOf),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "moonshot_ai",
    };

    /// <summary>The plan's own names (<c>kimi-for-coding</c>, <c>k3</c>, <c>k3-256k</c>). Which of them a plan has, only its own list says.</summary>
    private sealed class KimiModelScope : ModelScope
    {
        public override bool Fits(string model)
            => model.StartsWith("kimi-", StringComparison.OrdinalIgnoreCase) || model.Equals("k3", StringComparison.OrdinalIgnoreCase) || model.StartsWith("k3-", StringComparison.OrdinalIgnoreCase);

        public override bool Shows(CatalogModel model) => false;
    }
}
