namespace Dragoman.Server.DataFolders;

/// <summary>The data folder in the hands of this process, until the end; nothing where there is no folder.</summary>
internal sealed class DataFolderLease : IAsyncDisposable
{
    private readonly DataFolderLock? _lock;

    private DataFolderLease(DataFolderLock? @lock) => _lock = @lock;

    /// <summary>Takes the folder, and removes what a killed process left half-written in it.</summary>
    /// <exception cref="Dragoman.Server.Lifetime.StartException">Another process has it, or it cannot be written to.</exception>
    public static async Task<DataFolderLease> TakeAsync(DataFolderOptions folder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (folder.Path is not { } path) return new DataFolderLease(null);
        var taken = await DataFolderAccess.LockAsync(path, create: true, cancellationToken);
        DataLeftovers.Remove(path, "", time);
        return new DataFolderLease(taken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lock?.DisposeAsync() ?? default;
}
