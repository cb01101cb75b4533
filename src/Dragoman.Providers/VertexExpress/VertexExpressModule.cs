using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.VertexExpress;

/// <summary>Gemini on Vertex AI with an API key (express mode), without project and location. Service accounts are the neighbour <c>Vertex</c>.</summary>
public static class VertexExpressModule
{
    private const string Id = "vertex-express";
    private const string DefaultBase = "https://aiplatform.googleapis.com";

    private static readonly ModelScope Scope = new VendorModelScope("google", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Vertex AI with a key")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://console.cloud.google.com/vertex-ai/studio/settings/api-keys", BaseUrls = [DefaultBase], Protocols = [Protocol.Gemini], Homepage = "https://cloud.google.com/vertex-ai",
            ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new KeyedAccountSchema(Id, "vertex-api-key", Protocol.Gemini, DefaultBase, "/models", "/v1/publishers/google"),
        Requests = new JsonRequests(PathOf),
        Authenticator = new HeaderKey("x-goog-api-key"),
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        TokenCounts = new TokenCountField("totalTokens"),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "gcp.vertex_ai",
    };

    /// <summary>The path of an operation; null for the list of models, which needs a project.</summary>
    private static string? PathOf(UpstreamCall call)
    {
        if (call.Operation == UpstreamOperation.ListModels) return null;
        var method = call.Operation == UpstreamOperation.CountTokens ? "countTokens" : call.Stream ? "streamGenerateContent?alt=sse" : "generateContent";
        return $"/v1/publishers/google/models/{Uri.EscapeDataString(call.Model.Id)}:{method}";
    }
}
