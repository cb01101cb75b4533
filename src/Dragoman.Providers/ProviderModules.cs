using Dragoman.Gateway.Providers;
using Dragoman.Providers.Bedrock;
using Dragoman.Providers.Http;

namespace Dragoman.Providers;

/// <summary>The providers that ship. To add one: a folder beside this file, and a line here.</summary>
public static class ProviderModules
{
    /// <summary>Creates a registry of all of them.</summary>
    /// <param name="time">The clock that signatures and credentials go by.</param>
    public static ProviderRegistry CreateRegistry(TimeProvider time) => new(
    [
        new OpenAiProvider("openai"),
        new OpenAiProvider("codex"),
        new ClaudeProvider(),
        new GeminiProvider(),
        new BedrockProvider(time),
    ]);
}
