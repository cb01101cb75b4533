using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Amp;
using Dragoman.Providers.Antigravity;
using Dragoman.Providers.Bedrock;
using Dragoman.Providers.ChatGpt;
using Dragoman.Providers.Claude;
using Dragoman.Providers.ClaudeSubscription;
using Dragoman.Providers.CodeAssist;
using Dragoman.Providers.Codex;
using Dragoman.Providers.CodingPlan;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.IFlow;
using Dragoman.Providers.Kilo;
using Dragoman.Providers.Kimi;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.OpenAi;
using Dragoman.Providers.OpenRouter;
using Dragoman.Providers.QwenCode;
using Dragoman.Providers.Vertex;
using Dragoman.Providers.VertexExpress;
using Dragoman.Providers.Xai;
using Dragoman.Providers.XaiApi;

namespace Dragoman.Providers;

/// <summary>The providers that ship. To add one: a folder beside this file, and a line here (docs/reference/adding-a-provider.md).</summary>
public static class ProviderModules
{
    private static readonly Lazy<ConfigLoader> Loader = new(static () => new ConfigLoader(CreateRegistry(TimeProvider.System)));

    /// <summary>Reads configuration files with the accounts of all these providers and the process's environment.</summary>
    public static ConfigLoader ConfigLoader => Loader.Value;

    /// <summary>Creates a registry of all of them. Accounts of the configuration file are listed in this order.</summary>
    /// <param name="time">The clock that signatures and credentials go by.</param>
    public static ProviderRegistry CreateRegistry(TimeProvider time) => new(
    [
        ClaudeModule.Create(),
        CodexModule.Create(),
        GeminiModule.Create(),
        VertexModule.Create(),
        VertexExpressModule.Create(),
        XaiApiModule.Create(),
        BedrockModule.Create(time),
        OpenAiModule.Create(),
        OpenRouterModule.Create(),
        KiloModule.Create(),
        CodingPlanModule.Create(),
        CopilotModule.Create(),
        ClaudeSubscriptionModule.Create(),
        KiroModule.Create(time),
        ChatGptModule.Create(),
        XaiModule.Create(),
        KimiModule.Create(),
        CodeAssistModule.Create(),
        AntigravityModule.Create(),
        AmpModule.Create(),
        QwenCodeModule.Create(),
        IFlowModule.Create(),
    ]);
}
