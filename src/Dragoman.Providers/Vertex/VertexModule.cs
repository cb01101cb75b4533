using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Abstractions;
using Dragoman.Providers.Bedrock;

namespace Dragoman.Providers.Vertex;

/// <summary>Gemini and Claude on Google Cloud's Vertex AI, with a service account's key, Google's default credentials, or another identity provider's token.</summary>
public static class VertexModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "vertex";

    private static readonly DateOnly AsOf = new(2026, 11, 30);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => Create(static () => new AwsKeySource(), Environment.GetEnvironmentVariable);

    /// <summary>Makes the module with another source of AWS keys, and another environment.</summary>
    internal static ProviderModule Create(Func<IAwsKeySource> aws, Func<string, string?> environment) => Create(new VertexTokens(new WorkloadIdentityTokens(new SubjectTokens(aws, environment))));

    private static ProviderModule Create(VertexTokens tokens) => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Google Vertex AI")
        {
            Kind = ProviderKind.Cloud,
            BaseUrls = [VertexAddress.Of(VertexAddress.Global), "https://{region}-aiplatform.googleapis.com"], Protocols = [Protocol.Gemini, Protocol.AnthropicMessages],
            Homepage = "https://cloud.google.com/vertex-ai", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new VertexAccountSchema(),
        Requests = new VertexRequests(),
        Editor = new VertexRequestEditor(),
        Authenticator = HeaderKey.Bearer,
        Failures = new VertexFailures(),
        Refresher = tokens,
        Models = new VertexModels(),
        TokenCounts = new VertexTokenCounts(),
        FileType = "vertex",
        Logins = [new VertexFileLogin(tokens)],
        Settings = ProviderSettings.From<VertexSettings>(AsOf),
        ScopeOf = static _ => VertexModelScope.Instance,
        ProtocolFor = ProtocolFor,
        TelemetryNameOf = static _ => "gcp.vertex_ai",
    };

    /// <summary>The protocol that a model is asked in.</summary>
    internal static Protocol ProtocolFor(Account account, UpstreamModel model) => VertexModelScope.IsClaude(model.Id) ? Protocol.AnthropicMessages : Protocol.Gemini;
}
