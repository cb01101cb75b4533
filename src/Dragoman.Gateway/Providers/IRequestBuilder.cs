namespace Dragoman.Gateway.Providers;

/// <summary>A request as its builder made it: all but the credential.</summary>
/// <param name="Message">The request.</param>
/// <param name="Body">The bytes of its content, for who signs them.</param>
public readonly record struct BuiltRequest(HttpRequestMessage Message, ReadOnlyMemory<byte> Body);

/// <summary>Knows the paths of operations and what requests need besides a credential.</summary>
public interface IRequestBuilder
{
    /// <summary>Makes the HTTP request: method, address, headers, content; null when the provider does not offer the operation.</summary>
    /// <exception cref="Dragoman.Protocols.WireException">The account lacks something (a region); another account may do better.</exception>
    BuiltRequest? Build(UpstreamCall call);
}
