using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// The native SQLite: the operating system's where there is one that is new enough (it gets security updates), else the one that came with the
/// package. Chosen once for the process.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>RETURNING came with 3.35.</summary>
    private static readonly Version Oldest = new(3, 35, 0);

    private static readonly Lazy<string> Chosen = new(Choose);

    /// <summary>Makes the library ready; returns its version.</summary>
    public static string Version => Chosen.Value;

    private static string Choose()
    {
        var driver = typeof(SQLite3Provider_e_sqlite3).Assembly;
        var library = FromSystem();
        if (library == 0) library = NativeLibrary.Load("e_sqlite3", driver, null);
        SqliteNative.Use(library);
        NativeLibrary.SetDllImportResolver(driver, (name, assembly, path) => name == "e_sqlite3" ? library : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // Each connection is used by one thread at a time, so its own lock is not needed; nobody asks how much memory is in use, so it is not counted. Where
        // SQLite was begun already (by a host of ours) it says no and stays as it was, which is only slower.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static nint FromSystem()
    {
        if (OperatingSystem.IsWindows()) return 0;
        string[] names = OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0"];
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library)) continue;
            if (IsFit(library)) return library;
            NativeLibrary.Free(library);
        }

        return 0;
    }

    private static bool IsFit(nint library)
        => NativeLibrary.TryGetExport(library, "sqlite3_libversion", out var address)
            && Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<Text>(address)()) is { } text
            && System.Version.TryParse(text, out var version) && version >= Oldest
            && NativeLibrary.TryGetExport(library, "sqlite3_compileoption_used", out var used)
            && Marshal.GetDelegateForFunctionPointer<Has>(used)("ENABLE_FTS5") != 0
            && NativeLibrary.TryGetExport(library, "sqlite3_threadsafe", out var safe)
            && Marshal.GetDelegateForFunctionPointer<Number>(safe)() != 0;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Text();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Number();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Has([MarshalAs(UnmanagedType.LPUTF8Str)] string option);
}
