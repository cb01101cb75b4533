using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.CodeAssist;

/// <summary>
/// <c>/v1internal:{method}</c>: Gemini's methods in the wrapping that Gemini CLI speaks when it is signed in with Google (Code Assist; wire note cliproxyapi 9.1). Answers come from every account that is there; what the
/// command line asks beside them (its tier, its quota, its experiments) is answered here, because no Google account need stand behind the gateway.
/// </summary>
internal sealed class CodeAssistRoutes(CodeAssistEndpoint endpoint, ClientAuthentication authentication, TimeProvider time) : IClientRoutes
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1internal:{method}", CallAsync).WithMetadata(new ClientRoute(Protocol.Gemini));
        routes.MapGet("/v1internal:{method}", AnswerAsync).WithMetadata(new ClientRoute(Protocol.Gemini));
        // The state of a long-running onboarding: it was done at once.
        routes.MapGet("/v1internal/{**operation}", context => WriteAsync(context, CodeAssistAnswers.Onboarded)).WithMetadata(new ClientRoute(Protocol.Gemini));
    }

    private Task CallAsync(HttpContext context) => MethodOf(context) switch
    {
        "generateContent" => endpoint.GenerateAsync(context, isStream: false),
        "streamGenerateContent" => endpoint.GenerateAsync(context, isStream: true),
        "countTokens" => endpoint.CountAsync(context),
        _ => AnswerAsync(context),
    };

    private Task AnswerAsync(HttpContext context)
    {
        if (authentication.Check(context) is { } refusal) return ErrorAsync(context, refusal);
        return CodeAssistAnswers.Find(MethodOf(context)) is { } answer
            ? WriteAsync(context, answer)
            : ErrorAsync(context, new WireError(ErrorKind.NotFound, $"This gateway has no method 'v1internal:{MethodOf(context)}'.") { Code = "not_found" });
    }

    private static string MethodOf(HttpContext context) => context.Request.RouteValues["method"] as string ?? "";

    private Task ErrorAsync(HttpContext context, WireError error) => ErrorResponse.WriteAsync(context, ProtocolRegistry.Client(Protocol.Gemini), error, Dragoman.Gateway.Requests.FlowId.New(time));

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
