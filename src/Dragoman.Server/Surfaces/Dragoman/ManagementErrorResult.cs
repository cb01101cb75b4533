using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Management.Settings;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// What a route of <c>/api/v1</c> answers when it cannot do what was asked: <c>{"error":{"message","type","code","param"},"problems":[…]}</c> and the status that fits; the problems only where fields are meant, each with all that is
/// wrong with it.
/// This is the one place that turns a use case's error into HTTP.
/// </summary>
internal sealed class ManagementErrorResult(WireError error, IReadOnlyList<ManagementFinding>? findings = null) : IResult, IEndpointMetadataProvider
{
    /// <summary>The answer to a use case's error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="versionConflict">The status of a conflict of versions: 409 where the version stood in the body, 412 where it stood in <c>If-Match</c>.</param>
    public static ManagementErrorResult From(ManagementError error, int versionConflict = 409) => new(error.Kind switch
    {
        ManagementErrorKind.NotFound => new WireError(ErrorKind.NotFound, error.Text) { Code = error.Code },
        ManagementErrorKind.Conflict or ManagementErrorKind.ConfiguredInFile => new WireError(ErrorKind.InvalidRequest, error.Text) { Status = 409, Code = error.Code },
        ManagementErrorKind.VersionConflict => new WireError(ErrorKind.InvalidRequest, error.Text) { Status = versionConflict, Code = error.Code },
        ManagementErrorKind.Unusable => new WireError(ErrorKind.InvalidRequest, error.Text) { Status = 422, Code = error.Code },
        ManagementErrorKind.Unauthenticated => new WireError(ErrorKind.Authentication, error.Text) { Code = error.Code },
        ManagementErrorKind.Forbidden => new WireError(ErrorKind.Permission, error.Text) { Code = error.Code },
        ManagementErrorKind.LockedOut => new WireError(ErrorKind.RateLimit, error.Text) { Code = error.Code, RetryAfter = error.RetryAfter },
        ManagementErrorKind.Unavailable => new WireError(ErrorKind.Unavailable, error.Text) { Code = error.Code },
        _ => new WireError(ErrorKind.InvalidRequest, error.Text) { Param = error.Field, Code = error.Code },
    }, [.. error.Findings.Where(static finding => !string.IsNullOrEmpty(finding.Field))]);

    /// <summary>400: the request itself says something that cannot be. <paramref name="param"/> names the part.</summary>
    public static ManagementErrorResult Invalid(string message, string? param = null, string code = "invalid_value") => From(ManagementError.Invalid(message, param, code));

    /// <summary>400 or 413: the request could not be read.</summary>
    public static ManagementErrorResult Unreadable(BadHttpRequestException exception)
    {
        // The framework's own words name parameters of our code; the JSON reader's name the member and the place.
        var message = exception.InnerException is JsonException { Message.Length: > 0 } json ? $"The body cannot be read: {json.Message}" : exception.Message;
        return new(new WireError(WireError.KindOf(exception.StatusCode), message) { Status = exception.StatusCode, Code = exception.StatusCode == 413 ? "request_too_large" : "invalid_request" });
    }

    /// <summary>400, 413 or 415: a part of the request could not be read.</summary>
    public static ManagementErrorResult Unreadable(int status)
        => new(new WireError(WireError.KindOf(status), status == 415 ? "The body must be JSON, with Content-Type: application/json." : "A parameter or the body of the request is missing, or is not of the kind it has to be.") { Status = status, Code = "invalid_request" });

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (protocol, flow) = (ProtocolRegistry.Client(ProtocolRegistry.Default), FlowId.New(httpContext.RequestServices.GetRequiredService<TimeProvider>()));
        if (findings is not { Count: > 0 })
        {
            await ErrorResponse.WriteAsync(httpContext, protocol, error, flow);
            return;
        }

        using var told = new PooledBuffer();
        protocol.WriteError(error, told);
        using var body = new PooledBuffer(told.Length + 512);
        JsonObjectPatch.Write(new JsonSlice(told.WrittenMemory), [("problems", JsonSlice.Create(JsonSerializer.SerializeToUtf8Bytes(findings.Select(ProblemView.From), ManagementJson.Options)))], body);
        var channel = HttpResponseChannel.For(httpContext, protocol.Protocol);
        channel.Begin(protocol.StatusOf(error), "application/json", new AnswerHeaders { Flow = flow, RequestId = ErrorAnswer.RequestIdOf(flow), RetryAfter = error.RetryAfter });
        channel.Body.Write(body.WrittenSpan);
        await channel.Body.FlushAsync(httpContext.RequestAborted);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
        => builder.Metadata.Add(new ProducesResponseTypeMetadata(400, typeof(FaultBody), ["application/json"]));
}

/// <summary>The body of a fault, for the API's description.</summary>
/// <param name="Error">The fault.</param>
/// <param name="Problems">Everything that is wrong, by field and, in a text, with its place; absent where no field is meant.</param>
internal sealed record FaultBody(FaultDetail Error, IReadOnlyList<ProblemView>? Problems = null);

/// <summary>A fault.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">What sort.</param>
/// <param name="Param">Which member of the request is meant, or null.</param>
/// <param name="Code">For programs, or null.</param>
internal sealed record FaultDetail(string Message, string Type, string? Param, string? Code);
