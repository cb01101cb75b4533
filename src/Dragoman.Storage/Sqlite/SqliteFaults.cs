using Dragoman.Gateway.Persistence;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>SQLite's errors as faults of the store.</summary>
internal static class SqliteFaults
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int OutOfMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Whether the whole transaction is lost, not only the statement.</summary>
    public static bool EndsAll(Exception fault) => fault is SqliteException { SqliteErrorCode: Busy or Locked or OutOfMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or NotADatabase };

    public static bool IsDamage(Exception fault) => fault is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    public static Exception Translate(Exception fault, string file) => fault is not SqliteException known ? fault : known.SqliteErrorCode switch
    {
        Full => new StoreException(StoreFault.Full, $"There is no room left to write {file}. Free some space on its disk.", known),
        Corrupt or NotADatabase => new StoreException(StoreFault.Damaged, $"{file} is damaged. Restore the last backup with 'dragoman restore FILE'.", known),
        Busy or Locked => new StoreException(StoreFault.Unavailable, $"{file} is held by another process.", known),
        ReadOnly or InputOutput or CannotOpen or OutOfMemory => new StoreException(StoreFault.Unavailable, $"{file} cannot be read or written: {known.Message}", known),
        _ => new StoreException(StoreFault.Invalid, $"SQLite refused a statement: {known.Message}", known),
    };
}
