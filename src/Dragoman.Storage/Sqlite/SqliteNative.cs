using System.Runtime.InteropServices;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// The few calls of SQLite that are made for every value of every row. The driver's own take two interlocked steps on a handle for each, which cost
/// more than the calls; who calls these keeps the handle open himself.
/// </summary>
internal static unsafe class SqliteNative
{
    private static delegate* unmanaged[Cdecl]<nint, int, long, int> bindNumber;
    private static delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> bindText;
    private static delegate* unmanaged[Cdecl]<nint, int, int> bindNull;
    private static delegate* unmanaged[Cdecl]<nint, int> step;
    private static delegate* unmanaged[Cdecl]<nint, int> reset;
    private static delegate* unmanaged[Cdecl]<nint, int> changes;
    private static delegate* unmanaged[Cdecl]<nint, long> lastNumber;

    /// <summary>Finds the calls in the library that the driver uses too.</summary>
    public static void Use(nint library)
    {
        bindNumber = (delegate* unmanaged[Cdecl]<nint, int, long, int>)NativeLibrary.GetExport(library, "sqlite3_bind_int64");
        bindText = (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)NativeLibrary.GetExport(library, "sqlite3_bind_text");
        bindNull = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeLibrary.GetExport(library, "sqlite3_bind_null");
        step = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sqlite3_step");
        reset = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sqlite3_reset");
        changes = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sqlite3_changes");
        lastNumber = (delegate* unmanaged[Cdecl]<nint, long>)NativeLibrary.GetExport(library, "sqlite3_last_insert_rowid");
    }

    public static int BindNumber(nint statement, int column, long number) => bindNumber(statement, column, number);

    public static int BindNull(nint statement, int column) => bindNull(statement, column);

    /// <summary>Binds UTF-8. What is not to be copied must stay where it is until the statement was stepped.</summary>
    public static int BindText(nint statement, int column, ReadOnlySpan<byte> text, bool copy)
    {
        // No text has an address too: without one it would be null.
        byte nothing = 0;
        fixed (byte* place = text) return bindText(statement, column, place is null ? &nothing : place, text.Length, copy || place is null ? -1 : 0);
    }

    public static int Step(nint statement) => step(statement);

    public static int Reset(nint statement) => reset(statement);

    public static int Changes(nint database) => changes(database);

    public static long LastNumber(nint database) => lastNumber(database);
}
