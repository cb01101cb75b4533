namespace Dragoman.Protocols;

/// <summary>A body that its protocol does not allow. Readers throw it at the edge; the caller answers with <see cref="Error"/>.</summary>
public sealed class WireException(WireError error) : Exception(error.Message)
{
    /// <summary>What to tell the client.</summary>
    public WireError Error { get; } = error;

    /// <summary>A bad request: what is wrong, and which field.</summary>
    public static WireException Invalid(string message, string? param = null, string? code = null)
        => new(new WireError(ErrorKind.InvalidRequest, message) { Param = param, Code = code });
}
