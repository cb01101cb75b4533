namespace Dragoman.Gateway.Providers;

/// <summary>Reads the answer to <see cref="UpstreamOperation.CountTokens"/>.</summary>
public interface ITokenCountReader
{
    /// <summary>The number of tokens; null where it is not there.</summary>
    long? Read(ReadOnlyMemory<byte> body);
}
