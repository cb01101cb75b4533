using Dragoman.Storage.Secrets;

namespace Dragoman.Server.DataFolders;

/// <summary>
/// Keeps a data folder to one process: an exclusive lock on the file <c>lock</c> in it, which the operating system takes back however the process
/// ends. Several hosts of the same process share it.
/// </summary>
internal sealed class DataFolderLock : IAsyncDisposable, IDisposable
{
    private const string Name = "lock";
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Held> Ours = new(StringComparer.Ordinal);

    private readonly string _folder;
    private bool _released;

    private DataFolderLock(string folder, bool isShared)
    {
        _folder = folder;
        IsShared = isShared;
    }

    /// <summary>Whether another host of this process had it before.</summary>
    public bool IsShared { get; }

    /// <summary>Takes the lock. The folder is there already.</summary>
    /// <returns>The lock; null when another process has it.</returns>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static async Task<DataFolderLock?> TakeAsync(string folder, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(folder);
        for (var attempt = 0; ; attempt++)
        {
            if (TryTake(full) is { } taken) return taken;
            if (attempt == Attempts) return null;
            // A process that is just ending, or a command that looks whether somebody has it.
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Whether a process has the lock of a folder.</summary>
    public static bool IsHeld(string folder)
    {
        var full = Path.GetFullPath(folder);
        lock (Gate)
        {
            if (Ours.ContainsKey(full)) return true;
        }

        try
        {
            // A shared lock, which an exclusive one of another process refuses.
            using var probe = new FileStream(Path.Combine(full, Name), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Somebody else's folder: what its mark says is all there is to go by.
            return true;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_released || !Ours.TryGetValue(_folder, out var held)) return;
            _released = true;
            if (held.Count > 1)
            {
                Ours[_folder] = held with { Count = held.Count - 1 };
                return;
            }

            Ours.Remove(_folder);
            held.File.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static DataFolderLock? TryTake(string folder)
    {
        lock (Gate)
        {
            if (Ours.TryGetValue(folder, out var held))
            {
                Ours[folder] = held with { Count = held.Count + 1 };
                return new DataFolderLock(folder, isShared: true);
            }

            var file = Path.Combine(folder, Name);
            try
            {
                Ours[folder] = new Held(new FileStream(file, PrivateFiles.Options(FileMode.OpenOrCreate, share: FileShare.None)), 1);
                return new DataFolderLock(folder, isShared: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                return null;
            }
        }
    }

    private sealed record Held(FileStream File, int Count);
}
