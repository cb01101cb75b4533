using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>GitHub Copilot: models of several makers, each in its own protocol, by a login at GitHub.</summary>
public static class CopilotModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "github-copilot";

    private static readonly ModelScope Scope = new CopilotModelScope();

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create()
    {
        var (catalog, integrations) = (new CopilotCatalog(), new CopilotIntegrations());
        return Create(catalog, new CopilotRequests(catalog, integrations), new CopilotFailures(integrations));
    }

    private static ProviderModule Create(CopilotCatalog catalog, CopilotRequests requests, CopilotFailures failures) => new()
    {
        FileType = "github-copilot",
        Descriptor = new ProviderDescriptor(Id, "GitHub Copilot")
        {
            Kind = ProviderKind.Subscription,
            BaseUrls = [CopilotSettings.DefaultBase],
            Protocols = [Protocol.OpenAiChat, Protocol.OpenAiResponses, Protocol.AnthropicMessages],
            Homepage = "https://github.com/features/copilot",
            ThirdPartyUse = new ThirdPartyUse(
                ThirdPartyPosition.Tolerated, "GitHub names partners whose programs may use a Copilot plan and says that it is meant for officially supported clients; bulk automation can get an account restricted.", new DateOnly(2026, 11, 29)),
        },
        Accounts = new CopilotAccountSchema(),
        Requests = requests,
        Authenticator = HeaderKey.Bearer,
        Failures = failures,
        Quotas = QuotaHeaders.Instance,
        QuotaReader = new CopilotQuotaReader(catalog),
        Refresher = new CopilotTokenRefresher(),
        Actions = [new CopilotModelAction()],
        Models = new CopilotModelList(),
        Logins = [new CopilotLogin(), new CopilotFileLogin()],
        Settings = ProviderSettings.From<CopilotSettings>(new DateOnly(2026, 11, 29)),
        ScopeOf = static _ => Scope,
        ProtocolFor = requests.ProtocolFor,
        TelemetryNameOf = static _ => "github.copilot",
    };

    /// <summary>Models of the makers that Copilot serves. Which of them a plan has, only its own list says.</summary>
    private sealed class CopilotModelScope : ModelScope
    {
        public override bool Fits(string model)
            => !model.Contains('/', StringComparison.Ordinal) && !HostedName.IsDotted(model) && CanonicalName.VendorOf(CanonicalName.Normalize(model)) is "openai" or "anthropic" or "google" or "xai";

        public override bool Shows(CatalogModel model) => false;
    }
}
