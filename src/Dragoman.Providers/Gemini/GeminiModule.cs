using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Gemini;

/// <summary>Google's Gemini API with a key. The account's address stands before <c>/v1beta/models</c>.</summary>
public static class GeminiModule
{
    /// <summary>The provider's id.</summary>
    public const string Id = "gemini";

    private const string DefaultBase = "https://generativelanguage.googleapis.com";

    private static readonly ModelScope Scope = new VendorModelScope("google", takesDottedNames: true);

    /// <summary>Makes the module.</summary>
    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "Google Gemini")
        {
            Kind = ProviderKind.ApiKey, KeysPage = "https://aistudio.google.com/apikey",
            BaseUrls = [DefaultBase], Protocols = [Protocol.Gemini], Homepage = "https://ai.google.dev", ThirdPartyUse = VendorTerms.PaidApi,
        },
        Accounts = new KeyedAccountSchema(Id, "gemini-api-key", Protocol.Gemini, DefaultBase, "/models", "/v1beta") { BareKeySection = "generative-language-api-key" },
        Requests = new JsonRequests(PathOf),
        Authenticator = new HeaderKey("x-goog-api-key"),
        Failures = StatusFailures.Instance,
        Quotas = QuotaHeaders.Instance,
        Models = ModelLists.Instance,
        TokenCounts = new TokenCountField("totalTokens"),
        ScopeOf = static _ => Scope,
        TelemetryNameOf = static _ => "gcp.gemini",
    };

    private static string PathOf(UpstreamCall call)
    {
        if (call.Operation == UpstreamOperation.ListModels) return "/v1beta/models?pageSize=1000";
        var method = call.Operation == UpstreamOperation.CountTokens ? "countTokens"
            : call.Stream ? "streamGenerateContent?alt=sse" : "generateContent";
        return $"/v1beta/models/{Uri.EscapeDataString(call.Model.Id).Replace("%2F", "/", StringComparison.Ordinal)}:{method}";
    }
}
