using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dragoman.Bench.Load;
using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Compare;

/// <summary>A server under measurement, or one that helps: started here, ended here, its output in a file.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _log;

    private ChildProcess(Process process, int port, string log)
    {
        _process = process;
        _log = log;
        Address = new IPEndPoint(IPAddress.Loopback, port);
        Meter = new ProcessMeter(process.Id);
    }

    public IPEndPoint Address { get; }

    public ProcessMeter Meter { get; }

    public string Host => $"127.0.0.1:{Address.Port}";

    /// <summary>A port that nobody has at the moment.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts a program. Its output goes into a file and not through us: who logs much must not cost the load generator time.</summary>
    public static ChildProcess Start(string name, string folder, int port, params IEnumerable<string> command)
    {
        var output = Path.Combine(folder, name + ".log");
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = folder };
        start.ArgumentList.Add("-c");
        // The shell gives its place, and so its process id, to the program.
        start.ArgumentList.Add("log=\"$1\"; shift; exec \"$@\" >\"$log\" 2>&1");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(output);
        foreach (var word in command) start.ArgumentList.Add(word);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        return new ChildProcess(Process.Start(start)!, port, output);
    }

    /// <summary>One of our own subcommands as a process of its own.</summary>
    public static ChildProcess StartOwn(string name, string folder, params IEnumerable<string> words)
    {
        var port = FreePort();
        return Start(name, folder, port, ["dotnet", typeof(ChildProcess).Assembly.Location, name, "--port", $"{port}", "--tied", .. words]);
    }

    /// <summary>Waits until it takes connections.</summary>
    public async Task<ChildProcess> ReadyAsync()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(Address);
                return this;
            }
            catch (SocketException)
            {
                if (_process.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(15)) throw new LoadException($"It did not come up. Its last words: {LastWords()}");
                await Task.Delay(2);
            }
        }
    }

    public string LastWords()
    {
        var lines = File.Exists(_log) ? File.ReadAllLines(_log) : [];
        return string.Join(" | ", lines.TakeLast(6));
    }

    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5_000);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.Dispose();
    }
}
