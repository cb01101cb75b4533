using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>What it means when no answer came from an upstream, or not all of it: one code and one wording, whoever has asked.</summary>
internal static class ConnectionFaults
{
    /// <summary>The code of an answer that is none.</summary>
    public const string ProtocolError = "upstream_protocol_error";

    /// <summary>The error for an upstream that was silent for too long.</summary>
    /// <param name="upstream">What people call it.</param>
    public static WireError Silent(string upstream) => new(ErrorKind.Timeout, $"The upstream '{upstream}' did not answer in time.") { Code = UpstreamFaults.Timeout };

    /// <summary>The error for a fault on the way to or from an upstream; null for a fault of our own.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="upstream">What people call it.</param>
    public static WireError? Explain(Exception fault, string upstream) => fault switch
    {
        // The time limit of a connection is told as a cancellation, though nobody has cancelled.
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(fault, upstream),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => Unreachable(fault, upstream),
        HttpRequestException { InnerException: OperationCanceledException { InnerException: not TimeoutException } } => Silent(upstream),
        HttpRequestException { InnerException: IOException } or IOException => new WireError(ErrorKind.Api, $"The connection to the upstream '{upstream}' broke: {Short(fault)}") { Status = 502, Code = UpstreamFaults.ConnectionLost },
        HttpRequestException => Unreachable(fault, upstream),
        InvalidDataException data => new WireError(ErrorKind.Api, $"The upstream '{upstream}' sent what its protocol does not allow: {data.Message}") { Status = 502, Code = ProtocolError },
        System.Text.Json.JsonException => new WireError(ErrorKind.Api, $"The upstream '{upstream}' sent an answer that is not JSON.") { Status = 502, Code = ProtocolError },
        _ => null,
    };

    /// <summary>What sort of failure an error is that was made here.</summary>
    public static Failure FailureOf(WireError error) => new(
        error switch
        {
            { Kind: ErrorKind.Timeout } => FailureClass.Capacity,
            { Code: ProtocolError } => FailureClass.UpstreamBug,
            _ => FailureClass.Transient,
        },
        error);

    private static WireError Unreachable(Exception fault, string upstream)
        => new(ErrorKind.Api, $"The upstream '{upstream}' could not be reached: {Short(fault)}") { Status = 502, Code = UpstreamFaults.Unreachable };

    /// <summary>What lies at the bottom says what has happened, in one sentence.</summary>
    private static string Short(Exception fault)
    {
        var inner = fault;
        while (inner.InnerException is { } deeper && inner is not TimeoutException) inner = deeper;
        return inner.Message.TrimEnd('.') + ".";
    }
}
