using System.Runtime.InteropServices;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// The few calls of SQLite that are made for every value of every row. The driver's own take two interlocked steps on a handle for each, which cost
/// more than the calls; who calls these keeps the handle open himself.
/// </summary>
internal static unsafe partial class SqliteNative
{
    /// <summary>The package's name of the native library.</summary>
    public const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindNumber(nint statement, int column, long number);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int column);

    /// <summary>Binds UTF-8. What is not to be copied must stay where it is until the statement was stepped.</summary>
    public static int BindText(nint statement, int column, ReadOnlySpan<byte> text, bool copy)
    {
        // No text has an address too: without one it would be null.
        byte nothing = 0;
        fixed (byte* place = text) return BindText(statement, column, place is null ? &nothing : place, text.Length, copy || place is null ? -1 : 0);
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_last_insert_rowid")]
    public static partial long LastNumber(nint database);

    /// <summary>Whether the file of an open database is no longer where it was opened: deleted, moved, or another in its place (<c>SQLITE_FCNTL_HAS_MOVED</c>).</summary>
    public static bool HasMoved(nint database)
    {
        const int hasMoved = 20;
        var moved = 0;
        fixed (byte* main = "main\0"u8) return FileControl(database, main, hasMoved, &moved) == 0 && moved != 0;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control")]
    private static partial int FileControl(nint database, byte* name, int operation, void* argument);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindText(nint statement, int column, byte* text, int length, nint destructor);
}
