using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols.Json;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;
using IRouter = Dragoman.Gateway.Routing.IRouter;

namespace Dragoman.Server.Api.Responses;

/// <summary>OpenAI Responses with what is kept for its clients: responses, conversations, runs without a client.</summary>
internal static class StoredResponsesModule
{
    /// <summary>Registers the routes over HTTP and what they keep.</summary>
    public static IServiceCollection AddStoredResponses(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ResponsePersistence(
            provider.GetRequiredService<IResponseStateStore>(), OptionsOf(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Responses")));
        services.AddSingleton(provider => new RunLeases(
            provider.GetRequiredService<ILeaseStore>(), provider.GetRequiredService<NodeIdentity>().Id, provider.GetRequiredService<Func<GatewayConfig>>()().Store.Postgres is not null,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BackgroundRuns>();
        services.AddSingleton(provider => new ResponsesState(
            provider.GetRequiredService<RunLeases>(), provider.GetRequiredService<BackgroundRuns>(), provider.GetRequiredService<ResponsePersistence>(), OptionsOf(provider),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ResponseRecorder>();
        services.AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<Func<GatewayConfig>>();
            return new ConversationResolver(
                provider.GetRequiredService<ResponsesState>(), provider.GetRequiredService<ClientKeyStore>(), provider.GetRequiredService<IRouter>(),
                provider.GetRequiredService<ForwardingServices>().Providers, () => config().Limits);
        });
        services.AddSingleton<ConversationService>();
        services.AddSingleton(RunPartsOf);
        services.AddSingleton<BackgroundResponses>();
        services.AddSingleton<EventStreaming>();
        services.AddSingleton<StoredItemEndpoint>();
        services.AddSingleton<ResponsesEndpoint>();
        services.AddSingleton<IOwnGeneration>(static provider => provider.GetRequiredService<ResponsesEndpoint>());
        services.AddSingleton<StoredResponseEndpoint>();
        services.AddSingleton<CompactEndpoint>();
        services.AddSingleton<ConversationsEndpoint>();
        services.AddSingleton<IClientRoutes, ResponsesRoutes>();
        return services;
    }

    private static Func<ResponsesOptions> OptionsOf(IServiceProvider provider)
    {
        var config = provider.GetRequiredService<Func<GatewayConfig>>();
        return () => config().Responses;
    }

    private static BackgroundRunDependencies RunPartsOf(IServiceProvider provider)
    {
        return new BackgroundRunDependencies(
            provider.GetRequiredService<RequestPipeline>(), provider.GetRequiredService<ResponseRecorder>(), provider.GetRequiredService<BackgroundRuns>(), provider.GetRequiredService<MemoryBudget>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<GracefulShutdown>().Ended);
    }
}
