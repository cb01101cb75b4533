using Dragoman.Gateway.Relay;
using Dragoman.Server.Security;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>The door of the client routes: keys, and for an open gateway the check that no foreign web page is calling.</summary>
internal static class ClientGate
{
    /// <summary>Null when the caller may pass, else what to tell it.</summary>
    public static WireError? Check(HttpRequest request, ClientKeys keys)
    {
        if (keys.IsOpen)
        {
            return LocalOrigin.IsLocal(request) ? null : new WireError(
                ErrorKind.Permission, "This gateway has no API keys and so answers only programs on its own machine, not web pages of other sites. Configure api-keys to allow them.")
            { Code = "origin_not_allowed" };
        }

        if (keys.Allows(request, out var shown)) return null;
        return shown
            ? new WireError(ErrorKind.Authentication, "The API key is not known to this gateway.") { Code = "invalid_api_key" }
            : new WireError(ErrorKind.Authentication, "An API key of this gateway is missing: send it as 'Authorization: Bearer …', 'x-api-key' or 'x-goog-api-key'.") { Code = "missing_api_key" };
    }

    /// <summary>Answers with an error in the client's language.</summary>
    public static Task RefuseAsync(HttpContext context, IClientLanguage language, WireError error, string flow)
        => ErrorAnswer.WriteAsync(
            language,
            error with { RequestId = error.RequestId ?? RequestIds.Of(flow) },
            new HttpChannel(context),
            new AnswerHeaders { Flow = flow, RetryAfter = error.RetryAfter },
            upstreamBody: default,
            context.RequestAborted);
}
