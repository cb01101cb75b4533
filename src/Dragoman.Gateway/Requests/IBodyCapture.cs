namespace Dragoman.Gateway.Requests;

/// <summary>Copies the bodies of one request while they pass, for the record of it. Never changes or delays them.</summary>
public interface IBodyCapture
{
    /// <summary>Copies what an attempt sends upstream.</summary>
    /// <param name="attempt">The number of the attempt, from zero.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <param name="clientBody">The bytes of the client's request; nothing is copied where they are the same memory.</param>
    void OnUpstreamRequest(int attempt, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> clientBody);

    /// <summary>Puts a copying content in the place of the response's own, so that the body is copied while it is read.</summary>
    /// <param name="attempt">The number of the attempt, from zero.</param>
    /// <param name="response">The response whose body is to be copied.</param>
    /// <param name="cancellationToken">Ends the wait for the body's stream.</param>
    ValueTask OnUpstreamResponseAsync(int attempt, HttpResponseMessage response, CancellationToken cancellationToken);

    /// <summary>Returns a channel that copies what is written to the client through it.</summary>
    /// <param name="channel">The client's channel.</param>
    IResponseChannel Wrap(IResponseChannel channel);
}
