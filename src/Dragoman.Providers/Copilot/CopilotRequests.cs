using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// Requests to Copilot, each model in the protocol that it is served by. The headers are those that Copilot asks every client for; the gateway names itself in those that name a client.
/// </summary>
internal sealed class CopilotRequests : IRequestBuilder
{
    private static readonly JsonRequests Json = new(PathOf, ("Editor-Version", Product.UserAgent), ("Openai-Intent", "conversation-agent"), ("X-GitHub-Api-Version", "2026-08-01"));

    /// <summary>The protocol that a model is asked in.</summary>
    public static Protocol ProtocolFor(Account account, UpstreamModel model)
    {
        if (Has(account, CopilotAccountSchema.MessagesModels, model.Id)) return Protocol.AnthropicMessages;
        return Has(account, CopilotAccountSchema.ResponsesModels, model.Id) ? Protocol.OpenAiResponses : Protocol.OpenAiChat;
    }

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (Json.Build(call) is not { } built) return null;
        var headers = built.Message.Headers;
        if (call.Account.Options.TryGetValue("integration-id", out var integration) && !headers.Contains("Copilot-Integration-Id")) headers.TryAddWithoutValidation("Copilot-Integration-Id", integration);
        if (call.Operation == UpstreamOperation.Generate && ProtocolFor(call.Account, call.Model) == Protocol.AnthropicMessages && !headers.Contains("anthropic-version")) headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        if (call.Operation == UpstreamOperation.Generate && !headers.Contains("X-Initiator")) headers.TryAddWithoutValidation("X-Initiator", CopilotInitiator.IsAgent(call.Body.Span) ? "agent" : "user");
        return built;
    }

    private static string? PathOf(UpstreamCall call) => call.Operation switch
    {
        UpstreamOperation.ListModels => "/models",
        UpstreamOperation.Generate => ProtocolFor(call.Account, call.Model) switch
        {
            Protocol.AnthropicMessages => "/v1/messages",
            Protocol.OpenAiResponses => "/responses",
            _ => "/chat/completions",
        },
        _ => null,
    };

    private static bool Has(Account account, string option, string model)
    {
        if (!account.Options.TryGetValue(option, out var patterns)) return false;
        foreach (var range in patterns.AsSpan().Split(','))
            if (Wildcard.Matches(patterns.AsSpan(range).Trim(), model)) return true;
        return false;
    }
}
