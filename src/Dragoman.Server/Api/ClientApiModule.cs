using Dragoman.Server.Api.Anthropic;
using Dragoman.Server.Api.Bedrock;
using Dragoman.Server.Api.CodeAssist;
using Dragoman.Server.Api.Gemini;
using Dragoman.Server.Api.OpenAi;
using Dragoman.Server.Api.Probes;
using Dragoman.Server.Api.Responses;
using Dragoman.Server.Api.Responses.Sockets;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api;

/// <summary>The clients' API put together: a folder a protocol, each with its own routes over what all of them share, mapped here.</summary>
internal static class ClientApiModule
{
    /// <summary>Registers what all protocols share, and each of them.</summary>
    public static IServiceCollection AddClientApi(this IServiceCollection services)
    {
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<ClientProtocolSelector>();
        services.AddSingleton<RequestBodyReader>();
        services.AddSingleton<ClientRequestReader>();
        services.AddSingleton<ClientEndpoint>();
        services.AddSingleton<ClientChannels>();
        services.AddSingleton<GenerateEndpoint>();
        services.AddSingleton<CountTokensEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<IClientRoutes, ModelListRoutes>();
        services.AddSingleton<IClientRoutes, ProbeRoutes>();
        services.AddSingleton(OpenAiSigns.Chat).AddSingleton(ResponsesSigns.Responses).AddSingleton<IModelListFormat, OpenAiModelList>().AddSingleton<IClientRoutes, OpenAiRoutes>();
        services.AddSingleton(AnthropicSigns.Messages).AddSingleton<IModelListFormat, AnthropicModelList>().AddSingleton<IRequestRules, AnthropicRequestRules>().AddSingleton<IClientRoutes, AnthropicRoutes>();
        services.AddSingleton<GeminiEndpoint>();
        services.AddSingleton(GeminiSigns.Gemini).AddSingleton<IModelListFormat, GeminiModelList>().AddSingleton<IClientRoutes, GeminiRoutes>();
        services.AddSingleton<CodeAssistEndpoint>().AddSingleton<IClientRoutes, CodeAssistRoutes>();
        services.AddSingleton(BedrockSigns.Converse).AddSingleton<IModelListFormat, InferenceProfileList>().AddSingleton<IModelListFormat, FoundationModelList>().AddSingleton<IClientRoutes, BedrockRoutes>();
        services.AddStoredResponses();
        services.AddResponsesSockets();
        return services;
    }

    /// <summary>Maps the routes of every protocol, on the listeners of every surface.</summary>
    public static void MapClientApi(this WebApplication app)
    {
        foreach (var routes in app.Services.GetServices<IClientRoutes>()) routes.Map(app);
    }
}
