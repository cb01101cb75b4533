using System.Runtime.InteropServices;

namespace Dragoman.Server.Hosting;

/// <summary>How many files and connections this process may have open (<c>RLIMIT_NOFILE</c>; the runtime has raised it to its hard limit).</summary>
internal static partial class OpenFiles
{
    /// <summary>The limit; null where it is not known.</summary>
    public static long? Limit
    {
        get
        {
            if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return null;
            // The number of the limit: bits/resource.h on Linux, sys/resource.h on macOS.
            return GetLimit(OperatingSystem.IsMacOS() ? 8 : 7, out var limit) == 0 ? (long)Math.Min(limit.Current, long.MaxValue) : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Current;
        public ulong Most;
    }
}
