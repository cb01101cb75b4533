using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Anthropic;

/// <summary>What Anthropic Messages asks of its requests: ids as its model list shows them are taken, and threads are refused where keys share accounts.</summary>
internal sealed class AnthropicRequestRules : IRequestRules
{
    /// <inheritdoc/>
    public Protocol Protocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public string MissingModel => "model: Field required";

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models) => AnthropicModelList.WithoutShownPrefix(requested, models);

    /// <inheritdoc/>
    public void Check(RequestEnvelope head, bool sharesAccounts)
    {
        // The accounts know the threads of every key; whose a message is, only the upstream could tell.
        if (head.ContinuesThread && sharesAccounts) throw AnthropicThreads.Refusal("this gateway has several client keys and holds no threads for them");
    }
}
