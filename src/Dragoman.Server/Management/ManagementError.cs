using System.Reflection;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Dragoman.Server.Management;

/// <summary>What a management route answers when it cannot do what was asked: <c>{"error":{"message","type","code","param"}}</c> and the status that fits.</summary>
internal sealed class ManagementError(WireError error) : IResult, IEndpointMetadataProvider
{
    /// <summary>400: the request says something that cannot be. <paramref name="param"/> names the member.</summary>
    public static ManagementError Invalid(string message, string? param = null, string code = "invalid_value")
        => new(new WireError(ErrorKind.InvalidRequest, message) { Param = param, Code = code });

    /// <summary>404: there is no such thing.</summary>
    public static ManagementError NotFound(string message) => new(new WireError(ErrorKind.NotFound, message) { Code = "not_found" });

    /// <summary>409: somebody else changed it meanwhile, or the name is taken.</summary>
    public static ManagementError Conflict(string message, string code = "conflict") => new(new WireError(ErrorKind.InvalidRequest, message) { Status = 409, Code = code });

    /// <summary>412: it is not the version any more that the caller saw.</summary>
    public static ManagementError PreconditionFailed(string message) => new(new WireError(ErrorKind.InvalidRequest, message) { Status = 412, Code = "version_changed" });

    /// <summary>For people.</summary>
    public string Message => error.Message;

    /// <summary>403: not from here.</summary>
    public static ManagementError Forbidden(string message, string code) => new(new WireError(ErrorKind.Permission, message) { Code = code });

    /// <summary>401: the secret is missing or wrong.</summary>
    public static ManagementError Unauthorized(string message, string code) => new(new WireError(ErrorKind.Authentication, message) { Code = code });

    /// <summary>429: try again after a while.</summary>
    public static ManagementError TooMany(string message, string code, TimeSpan wait) => new(new WireError(ErrorKind.RateLimit, message) { Code = code, RetryAfter = wait });

    /// <summary>400 or 413: the request could not be read.</summary>
    public static ManagementError Unreadable(BadHttpRequestException fault)
    {
        // The framework's own words name parameters of our code; the JSON reader's name the member and the place.
        var message = fault.InnerException is System.Text.Json.JsonException { Message.Length: > 0 } json ? $"The body cannot be read: {json.Message}" : fault.Message;
        return new(new WireError(WireError.KindOf(fault.StatusCode), message) { Status = fault.StatusCode, Code = fault.StatusCode == 413 ? "request_too_large" : "invalid_request" });
    }

    /// <summary>400, 413 or 415: a part of the request could not be read.</summary>
    public static ManagementError Unreadable(int status)
        => new(new WireError(WireError.KindOf(status), status == 415 ? "The body must be JSON, with Content-Type: application/json." : "A parameter or the body of the request is missing, or is not of the kind it has to be.") { Status = status, Code = "invalid_request" });

    /// <summary>503: the store does not answer, or has no room.</summary>
    public static ManagementError StoreAway(Dragoman.Gateway.Persistence.StoreException fault) => new(new WireError(ErrorKind.Unavailable, fault.Message) { Code = "store_unavailable" });

    /// <summary>Any other.</summary>
    public static ManagementError From(WireError error) => new(error);

    public Task ExecuteAsync(HttpContext httpContext)
        => ErrorResponse.WriteAsync(httpContext, ProtocolRegistry.Client(Protocol.OpenAiChat), error, RequestIds.NewFlow(TimeProvider.System));

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
        => builder.Metadata.Add(new ProducesResponseTypeMetadata(400, typeof(FaultBody), ["application/json"]));
}

/// <summary>The body of a fault, for the API's description.</summary>
internal sealed record FaultBody(FaultDetail Error);

/// <summary>A fault.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">What sort.</param>
/// <param name="Param">Which member of the request is meant, or null.</param>
/// <param name="Code">For programs, or null.</param>
internal sealed record FaultDetail(string Message, string Type, string? Param, string? Code);
