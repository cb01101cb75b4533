using System.Collections.Frozen;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenAi;

/// <summary>Hosts of well-known vendors that speak OpenAI's protocols: whose models they serve, and what OpenTelemetry calls them.</summary>
internal static class KnownHosts
{
    /// <summary>Whose models a host serves, as the catalog names the vendor.</summary>
    private static readonly FrozenDictionary<string, ModelScope> Scopes = new Dictionary<string, ModelScope>(StringComparer.OrdinalIgnoreCase)
    {
        ["api.openai.com"] = new VendorModelScope("openai", takesDottedNames: true),
        ["api.anthropic.com"] = new VendorModelScope("anthropic"),
        ["generativelanguage.googleapis.com"] = new VendorModelScope("google", takesDottedNames: true),
        ["api.deepseek.com"] = new VendorModelScope("deepseek"),
        ["api.mistral.ai"] = new VendorModelScope("mistral"),
        ["api.x.ai"] = new VendorModelScope("xai"),
        ["api.moonshot.ai"] = new VendorModelScope("moonshot"),
        ["api.moonshot.cn"] = new VendorModelScope("moonshot"),
        ["api.z.ai"] = new VendorModelScope("zai"),
        ["open.bigmodel.cn"] = new VendorModelScope("zai"),
        ["dashscope.aliyuncs.com"] = new VendorModelScope("qwen"),
        ["dashscope-intl.aliyuncs.com"] = new VendorModelScope("qwen"),
        ["api.minimax.io"] = new VendorModelScope("minimax"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of OpenTelemetry's conventions for generative AI (semantic-conventions-genai, as of v1.41), by domain.</summary>
    private static readonly FrozenDictionary<string, string> TelemetryNames = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["openai.com"] = "openai",
        ["chatgpt.com"] = "openai",
        ["openai.azure.com"] = "azure.ai.openai",
        ["services.ai.azure.com"] = "azure.ai.inference",
        ["models.ai.azure.com"] = "azure.ai.inference",
        ["anthropic.com"] = "anthropic",
        ["deepseek.com"] = "deepseek",
        ["groq.com"] = "groq",
        ["mistral.ai"] = "mistral_ai",
        ["moonshot.ai"] = "moonshot_ai",
        ["moonshot.cn"] = "moonshot_ai",
        ["perplexity.ai"] = "perplexity",
        ["x.ai"] = "x_ai",
        ["cohere.com"] = "cohere",
        ["cohere.ai"] = "cohere",
        ["cloud.ibm.com"] = "ibm.watsonx.ai",
        ["aiplatform.googleapis.com"] = "gcp.vertex_ai",
        ["generativelanguage.googleapis.com"] = "gcp.gemini",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Which models an account's host is known to serve.</summary>
    public static ModelScope ScopeOf(Account account)
        => Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var address) && Scopes.TryGetValue(address.Host, out var scope) ? scope : ModelScope.Anything;

    /// <summary>The conventions' name of the system behind an account's host; for somebody else who speaks OpenAI's protocols the provider's id: the conventions let a system name itself.</summary>
    public static string TelemetryNameOf(Account account)
    {
        if (!Uri.TryCreate(account.BaseUrl, UriKind.Absolute, out var address)) return account.Provider;
        for (var host = address.Host; host.Length > 0; host = host.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? host[(dot + 1)..] : "")
        {
            if (TelemetryNames.TryGetValue(host, out var name)) return name;
        }

        return account.Provider;
    }
}
