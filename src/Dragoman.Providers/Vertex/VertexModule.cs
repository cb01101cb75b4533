using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>Gemini models on Google Cloud's Vertex AI, with a service account's key or Google's default credentials.</summary>
public static class VertexModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "vertex";

    private static readonly DateOnly AsOf = new(2026, 11, 29);

    private static readonly ModelScope Scope = new VendorModelScope("google", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Google Vertex AI")
        {
            BaseUrls = [VertexAddress.Of(VertexAddress.Global), "https://{region}-aiplatform.googleapis.com"], Protocols = [Protocol.Gemini], Homepage = "https://cloud.google.com/vertex-ai",
            ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new VertexAccountSchema(),
        Requests = new JsonRequests(PathOf),
        Authenticator = HeaderKey.Bearer,
        Failures = new VertexFailures(),
        Refresher = new VertexTokens(),
        Logins = [new VertexFileLogin()],
        Settings = ProviderSettings.From<VertexSettings>(AsOf),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "gcp.vertex_ai",
    };

    /// <summary>Lists and counts have other forms than the Gemini API's and are not asked for.</summary>
    private static string? PathOf(UpstreamCall call)
    {
        if (call.Operation != UpstreamOperation.Generate) return null;
        var project = Uri.EscapeDataString(call.Account.Options[VertexAccountSchema.Project.Name]);
        var location = call.Account.Region ?? VertexAddress.Global;
        return $"/v1/projects/{project}/locations/{location}/publishers/google/models/{Uri.EscapeDataString(call.Model.Id)}:{(call.Stream ? "streamGenerateContent?alt=sse" : "generateContent")}";
    }
}
