using System.Diagnostics;
using System.Text;

namespace Dragoman.Server.Tests.Cli;

/// <summary>The built command, run as a process of its own.</summary>
internal sealed class Program : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private readonly string _data;

    private Program(Process process, string data)
    {
        _process = process;
        _data = data;
        process.OutputDataReceived += (_, line) => Add(_out, line.Data);
        process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Out => Read(_out);

    public string Error => Read(_error);

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public static Program Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with more in its environment.</summary>
    public static Program Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dragoman.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        Settle(start.Environment, environment);
        return new Program(Process.Start(start)!, start.Environment["DRAGOMAN_DATA"]!);
    }

    /// <summary>Runs a command to its end, in a process that runs many.</summary>
    public static Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Runs a command to its end, in a process that runs many, with more in its environment.</summary>
    public static Task<(int Code, string Out, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
        => CommandWorkers.RunAsync(environment, arguments);

    /// <summary>Runs a command to its end in a process of its own.</summary>
    public static async Task<(int Code, string Out, string Error)> RunAloneAsync(params string[] arguments)
    {
        await using var program = Start(arguments);
        await program.EndAsync(TimeSpan.FromSeconds(60));
        return (program.ExitCode, program.Out, program.Error);
    }

    /// <summary>Waits for the line that says where it listens.</summary>
    public async Task<Uri> AddressAsync()
    {
        var line = await OutputAsync("http");
        var at = line.IndexOf("http", StringComparison.Ordinal);
        return new Uri(line[at..].Split([' ', ',', '\n', '\r'])[0]);
    }

    /// <summary>Waits until the output has the words, and gives what stands from them on.</summary>
    public async Task<string> OutputAsync(string words)
    {
        for (var i = 0; i < 600; i++)
        {
            var text = Out;
            if (text.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at && text.IndexOf('\n', at) >= 0) return text[at..];
            if (_process.HasExited) break;
            await Task.Delay(100);
        }

        throw new TimeoutException($"'{words}' did not come.\n{Out}\n{Error}");
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task EndAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_data.StartsWith(Path.Combine(Path.GetTempPath(), "dragoman-tests"), StringComparison.Ordinal) && Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    /// <summary>What a command finds in its environment.</summary>
    internal static void Settle(IDictionary<string, string?> all, IReadOnlyDictionary<string, string> own)
    {
        all.Remove("DRAGOMAN_URL");
        // Logins of the developer's are not looked for where the environment says.
        foreach (var name in (string[])["CODEX_HOME", "CLAUDE_CONFIG_DIR", "GEMINI_CLI_HOME", "KIMI_CODE_HOME", "KIMI_SHARE_DIR", "COPILOT_HOME", "CLOUDSDK_CONFIG", "GOOGLE_APPLICATION_CREDENTIALS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]) all.Remove(name);
        // A data folder is one process's: without one of its own a test would meet the gateways of others, or the developer's.
        all["DRAGOMAN_DATA"] = Path.Combine(Path.GetTempPath(), "dragoman-tests", Guid.NewGuid().ToString("N"));
        foreach (var (name, value) in own) all[name] = value;
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
