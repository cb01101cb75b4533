namespace Dragoman.Emulators.Http;

/// <summary>A request that the provider would refuse. The family that catches it writes it in the provider's own envelope.</summary>
internal class Refusal(int status, string message, string? param = null, string? code = null, string? type = null) : Exception(message)
{
    public int Status { get; } = status;

    public string? Param { get; } = param;

    public string? Code { get; } = code;

    /// <summary>The provider's word for the kind of error; null takes the usual one for the status.</summary>
    public string? Type { get; } = type;
}
