using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses;

/// <summary>OpenAI Responses with what is kept for its clients: responses, conversations, runs without a client.</summary>
internal static class StoredResponsesModule
{
    /// <summary>Registers the routes over HTTP and what they keep.</summary>
    public static IServiceCollection AddStoredResponses(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<Func<GatewayConfig>>();
            return new ResponsePersistence(
                provider.GetRequiredService<IResponseStateStore>(), () => config().Responses, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Responses"));
        });
        services.AddSingleton<RunLeases>();
        services.AddSingleton<BackgroundRuns>();
        services.AddSingleton<ResponsesState>();
        services.AddSingleton<ResponseRecorder>();
        services.AddSingleton<ConversationResolver>();
        services.AddSingleton<EventStreaming>();
        services.AddSingleton<StoredItemEndpoint>();
        services.AddSingleton<BackgroundRunDependencies>();
        services.AddSingleton<BackgroundEndpoint>();
        services.AddSingleton<ResponsesEndpoint>();
        services.AddSingleton<StoredResponseEndpoint>();
        services.AddSingleton<CompactEndpoint>();
        services.AddSingleton<ConversationsEndpoint>();
        services.AddSingleton<IClientRoutes, ResponsesRoutes>();
        return services;
    }
}
