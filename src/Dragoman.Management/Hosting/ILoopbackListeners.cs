namespace Dragoman.Management.Hosting;

/// <summary>Listens on loopback ports that vendors have registered as the address of their own programs, while a login waits for a browser to come back.</summary>
public interface ILoopbackListeners
{
    /// <summary>Opens the first of the ports that is free. Who asks for a port that the gateway itself has open shares it.</summary>
    /// <param name="ports">The ports, the preferred one first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The port, or why none could be opened.</returns>
    Task<LoopbackListener> OpenAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken);
}

/// <summary>A listener on a loopback port; closed when everybody who opened it has disposed of it.</summary>
/// <param name="Port">The port; null where none could be opened.</param>
/// <param name="Problem">Why none could be opened, for people.</param>
/// <param name="Close">Closes it.</param>
public sealed record LoopbackListener(int? Port, string? Problem, Func<ValueTask> Close) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Close();
}
