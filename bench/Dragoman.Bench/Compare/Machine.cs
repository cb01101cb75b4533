using System.Runtime.InteropServices;

namespace Dragoman.Bench.Compare;

/// <summary>On what was measured, without the machine's name.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = "unknown processor";
        if (File.Exists("/proc/cpuinfo"))
            model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? model;
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        return $"{Environment.ProcessorCount} cores of {model}, {RuntimeInformation.FrameworkDescription}, load average at the end {load}";
    }
}
