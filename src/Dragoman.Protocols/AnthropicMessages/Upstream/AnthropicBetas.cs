using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>The beta flags of a request: the client's own, wherever it put them, and those that what is written needs.</summary>
internal static class AnthropicBetas
{
    /// <summary>The names of the extras that hold the client's flags.</summary>
    public static bool IsBetaExtra(string name) => name is "betas" or "anthropic_beta";

    /// <summary>The flags for Anthropic's header, in order, each once.</summary>
    public static List<string> Collect(TranslationContext exchange)
    {
        var betas = Requested(exchange.Request);
        foreach (var tool in exchange.Request.Tools)
        {
            if (tool.Kind != ToolKind.Hosted || tool.Origin == Protocol.AnthropicMessages) continue;
            if (tool.HostedKind == HostedTools.WebFetch) Add(betas, "web-fetch-2025-09-10");
            if (tool.HostedKind == HostedTools.CodeExecution) Add(betas, "code-execution-2025-08-25");
        }

        return betas;
    }

    /// <summary>The client's own flags, in order, each once.</summary>
    public static List<string> Requested(ConversationRequest request)
    {
        var betas = new List<string>();
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol is Protocol.AnthropicMessages or Protocol.BedrockAnthropic && IsBetaExtra(extra.Name)) Read(extra.Value, betas);
        }

        return betas;
    }

    private static void Read(JsonSlice value, List<string> betas)
    {
        var reader = value.Read();
        while (reader.Read())
        {
            if (reader.TokenType != System.Text.Json.JsonTokenType.String) continue;
            foreach (var beta in reader.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) Add(betas, beta);
        }
    }

    private static void Add(List<string> betas, string beta)
    {
        if (!betas.Contains(beta)) betas.Add(beta);
    }
}
