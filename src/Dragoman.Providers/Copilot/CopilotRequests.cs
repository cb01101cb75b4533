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
/// <param name="catalog">What the list of models says.</param>
/// <param name="integrations">Which models are refused to an owner's integration.</param>
internal sealed class CopilotRequests(CopilotCatalog catalog, CopilotIntegrations integrations) : IRequestBuilder
{
    private static readonly (string Name, string Value)[] Defaults = [("Editor-Version", Product.UserAgent), ("Openai-Intent", "conversation-agent"), ("X-GitHub-Api-Version", "2026-08-01")];

    private readonly JsonRequests _json = new(call => PathOf(call, catalog), Defaults);

    /// <summary>The headers that every question to the API has, about models too.</summary>
    public static void Describe(HttpRequestMessage request, Account account)
    {
        foreach (var (name, value) in Defaults) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        request.Headers.TryAddWithoutValidation("Copilot-Integration-Id", account.Options.GetValueOrDefault(CopilotAccountSchema.IntegrationOption, CopilotAccountSchema.DefaultIntegration));
    }

    /// <summary>The protocol that a model is asked in: as the account's settings say, unless the list of models says that it is not served by it.</summary>
    public Protocol ProtocolFor(Account account, UpstreamModel model) => ProtocolFor(account, model, catalog);

    private static Protocol ProtocolFor(Account account, UpstreamModel model, CopilotCatalog catalog) => catalog.Choose(account, model.Id, Configured(account, model));

    private static Protocol Configured(Account account, UpstreamModel model)
    {
        if (Has(account, CopilotAccountSchema.MessagesModels, model.Id)) return Protocol.AnthropicMessages;
        return Has(account, CopilotAccountSchema.ResponsesModels, model.Id) ? Protocol.OpenAiResponses : Protocol.OpenAiChat;
    }

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (_json.Build(call) is not { } built) return null;
        var headers = built.Message.Headers;
        if (integrations.Of(call.Account, call.Model.Id) is { } integration && !headers.Contains("Copilot-Integration-Id")) headers.TryAddWithoutValidation("Copilot-Integration-Id", integration);
        if (call.Operation == UpstreamOperation.Generate && ProtocolFor(call.Account, call.Model) == Protocol.AnthropicMessages && !headers.Contains("anthropic-version")) headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        if (call.Operation == UpstreamOperation.Generate && !headers.Contains("X-Initiator")) headers.TryAddWithoutValidation("X-Initiator", CopilotInitiator.IsAgent(call.Body.Span) ? "agent" : "user");
        return built;
    }

    private static string? PathOf(UpstreamCall call, CopilotCatalog catalog) => call.Operation switch
    {
        UpstreamOperation.ListModels => "/models",
        UpstreamOperation.Generate => ProtocolFor(call.Account, call.Model, catalog) switch
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
