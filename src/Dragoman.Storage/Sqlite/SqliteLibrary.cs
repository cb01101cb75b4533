using Dragoman.Gateway.Persistence;
using SQLitePCL;

namespace Dragoman.Storage.Sqlite;

/// <summary>The native SQLite that came with the package, set up once for the process: the same version on every machine, whatever is installed there.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Makes the library ready; returns its version.</summary>
    /// <exception cref="StoreException">It cannot be loaded on this machine.</exception>
    public static string Version => Loaded.Value;

    private static string Load()
    {
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            // Each connection is used by one thread at a time, so its own lock is not needed; nobody asks how much memory is in use, so it is not counted.
            // Where SQLite was begun already (by a host of ours) it says no and stays as it was, which is only slower.
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
            _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
            return raw.sqlite3_libversion().utf8_to_string();
        }
        catch (Exception ex) when (ex is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new StoreException(StoreFault.Unavailable,
                $"SQLite's native library ({SqliteNative.Library}) cannot be loaded: {ex.Message.Split('\n')[0].TrimEnd('.')}. Install the program again whole, or a build for {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}.", ex);
        }
    }
}
