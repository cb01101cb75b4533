namespace Dragoman.Gateway.Providers;

/// <summary>Reads the answer to <see cref="UpstreamOperation.ListModels"/>.</summary>
public interface IModelLister
{
    /// <summary>The ids in a list of models; null where it is none, or not whole.</summary>
    IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body);
}
