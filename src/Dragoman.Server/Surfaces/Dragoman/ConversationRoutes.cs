using Dragoman.Management.Flows.Conversations;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/flows/conversations</c>: what happened, conversation by conversation, and what became of their prompt caches.</summary>
internal sealed class ConversationRoutes(ConversationArchive conversations) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/conversations", Task<Results<Ok<ConversationPageView>, ManagementErrorResult>> ([AsParameters] FlowFilters filters, int? limit, string? after, CancellationToken cancellationToken)
            => conversations.ListAsync(filters.ToFilter(), limit, after, cancellationToken).ToOkAsync())
            .WithName("listConversations").WithTags("Flows").WithSummary("Conversations with a flow that fits, the one that was last in use first.");

        api.MapGet("/flows/conversations/{session}/cache", Task<Results<Ok<PromptCacheView>, ManagementErrorResult>> (string session, CancellationToken cancellationToken)
            => conversations.ExplainCacheAsync(session, cancellationToken).ToOkAsync())
            .WithName("explainPromptCache").WithTags("Flows").WithSummary("What became of the prompt cache in a conversation, and what broke it.");
    }
}
