using System.Diagnostics;

namespace Dragoman.EndToEnd.Tests.Support;

/// <summary>One run of a program to its end: what it said and how it ended.</summary>
/// <param name="ExitCode">Its exit code; -1 when it was stopped because its time was up.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
/// <param name="Took">How long it ran.</param>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors, TimeSpan Took)
{
    /// <summary>How long a program may take before it is stopped with all its children.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Runs a program with nothing in its environment but what is given here and the search path.</summary>
    public static async Task<ProgramRun> StartAsync(string program, IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string>> environment)
    {
        using var process = new Process();
        process.StartInfo = Describe(program, arguments, folder, environment);
        var clock = Stopwatch.StartNew();
        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        var inTime = true;
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            inTime = false;
        }
        finally
        {
            // Also after a good end: a child left behind would hold the pipes open.
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return new ProgramRun(inTime ? process.ExitCode : -1, await TextAsync(output), await TextAsync(errors), clock.Elapsed);
    }

    /// <summary>How a program is started: isolated, all streams redirected.</summary>
    public static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LANG"] = "C.UTF-8";
        // Whoever heeds a proxy and wants to go out ends at a closed port.
        start.Environment["HTTP_PROXY"] = start.Environment["HTTPS_PROXY"] = "http://127.0.0.1:9";
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        // Both begin by starting themselves once more with a larger heap, which doubles the time of a run.
        start.Environment["GEMINI_CLI_NO_RELAUNCH"] = start.Environment["QWEN_CODE_NO_RELAUNCH"] = "true";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private static async Task<string> TextAsync(Task<string> text)
    {
        try
        {
            return await text.WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            return "(the stream stayed open)";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"exit {ExitCode} after {Took.TotalSeconds:0.0} s\n--- output\n{Output}\n--- errors\n{Errors}";
}
