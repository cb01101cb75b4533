using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Dragoman.Server.Tests.Cli;

/// <summary>Processes of Dragoman.CommandWorker: as many as commands run at once, used again and again, ended with this process by the end of their input.</summary>
internal static class CommandWorkers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentBag<Process> Idle = [];

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var all = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value, StringComparer.Ordinal);
        Program.Settle(all, environment);
        var worker = Idle.TryTake(out var idle) ? idle : Start();
        await worker.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { Arguments = arguments, Environment = all }));
        await worker.StandardInput.FlushAsync();
        string? answer;
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            answer = await worker.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException ex)
        {
            worker.Kill(entireProcessTree: true);
            throw new TimeoutException($"dragoman {string.Join(' ', arguments)} did not end.", ex);
        }

        if (answer is null) throw new InvalidOperationException($"dragoman {string.Join(' ', arguments)} ended the process it ran in.");
        Idle.Add(worker);
        var end = JsonSerializer.Deserialize<End>(answer)!;
        return (end.Code, end.Out, end.Error);
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Dragoman.CommandWorker.dll"));
        return Process.Start(start)!;
    }

    private sealed record End(int Code, string Out, string Error);
}
