using System.Globalization;
using System.Runtime.InteropServices;

namespace Dragoman.Bench.Measure;

/// <summary>Reads what a process, and the processes it started, cost: CPU time (user and system) and resident memory.</summary>
internal sealed partial class ProcessMeter(int pid)
{
    /// <summary>CPU time so far, in microseconds.</summary>
    public double CpuMicroseconds()
    {
        var sum = 0d;
        foreach (var id in Family()) sum += CpuOf(id);
        return sum;
    }

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes()
    {
        var sum = 0L;
        foreach (var id in Family())
        {
            foreach (var line in ReadLines($"/proc/{id}/status"))
            {
                if (!line.StartsWith("VmRSS:", StringComparison.Ordinal)) continue;
                sum += long.Parse(line.AsSpan(6).Trim().TrimEnd("kB ").Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture) * 1_024;
            }
        }

        return sum;
    }

    private List<int> Family()
    {
        var family = new List<int> { pid };
        foreach (var line in ReadLines($"/proc/{pid}/task/{pid}/children"))
            family.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        return family;
    }

    /// <summary>
    /// The kernel's own CPU clock of the process, which counts the same as user and system time in <c>/proc/PID/stat</c> but in
    /// nanoseconds, not in ticks of ten milliseconds; the file where that clock is not to be had.
    /// </summary>
    private static double CpuOf(int id)
    {
        const int scheduled = 2;
        var clock = (~id << 3) | scheduled;
        if (ClockGetTime(clock, out var time) == 0) return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
        var stat = ReadLines($"/proc/{id}/stat").FirstOrDefault();
        if (stat is null) return 0;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * 10_000;
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
