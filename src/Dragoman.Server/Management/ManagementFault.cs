using System.Reflection;
using Dragoman.Server.Api;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Microsoft.AspNetCore.Http.Metadata;

namespace Dragoman.Server.Management;

/// <summary>What a management route answers when it cannot do what was asked: <c>{"error":{"message","type","code","param"}}</c> and the status that fits.</summary>
internal sealed class ManagementFault(WireError error) : IResult, IEndpointMetadataProvider
{
    /// <summary>400: the request says something that cannot be. <paramref name="param"/> names the member.</summary>
    public static ManagementFault Invalid(string message, string? param = null, string code = "invalid_value")
        => new(new WireError(ErrorKind.InvalidRequest, message) { Param = param, Code = code });

    /// <summary>404: there is no such thing.</summary>
    public static ManagementFault NotFound(string message) => new(new WireError(ErrorKind.NotFound, message) { Code = "not_found" });

    /// <summary>409: somebody else changed it meanwhile, or the name is taken.</summary>
    public static ManagementFault Conflict(string message, string code = "conflict") => new(new WireError(ErrorKind.InvalidRequest, message) { Status = 409, Code = code });

    /// <summary>403: not from here.</summary>
    public static ManagementFault Forbidden(string message, string code) => new(new WireError(ErrorKind.Permission, message) { Code = code });

    /// <summary>Any other.</summary>
    public static ManagementFault Of(WireError error) => new(error);

    public Task ExecuteAsync(HttpContext httpContext)
        => ClientGate.RefuseAsync(httpContext, Languages.Client(Language.OpenAiChat), error, RequestIds.NewFlow(TimeProvider.System));

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
