using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Tests.Cli;
using Dragoman.Server.Tests.Support;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Docs;

/// <summary>
/// Where the commands of a page are run one after the other, as a reader would: a folder with <c>./dragoman</c> in it (which is on the PATH too), a home
/// of its own, and a gateway that runs, with emulated upstreams behind it.
/// </summary>
internal sealed partial class DocFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-docs-").FullName;
    private readonly EmulatorHost _upstream;
    private Command? _gateway;

    private DocFixture(EmulatorHost upstream) => _upstream = upstream;

    private string Data => Path.Combine(_folder, "home", ".dragoman");

    private string Upstream => _upstream.Address.ToString().TrimEnd('/');

    private string Address { get; set; } = "";

    public static async Task<DocFixture> OpenAsync()
    {
        var stage = new DocFixture(await EmulatorHost.StartAsync(new EmulatorOptions()));
        foreach (var name in (string[])["home/.dragoman", "backups"]) Directory.CreateDirectory(Path.Combine(stage._folder, name));
        var program = Path.Combine(stage._folder, "dragoman");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "dragoman.dll")}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(stage.Data, "config.yaml"), stage.Configuration());
        await stage.StartAsync();
        return stage;
    }

    /// <summary>Runs a command of a page.</summary>
    /// <returns>How it ended, and what it said.</returns>
    public async Task<(int Code, string Said)> RunAsync(string command)
    {
        if (command.Contains("dragoman serve", StringComparison.Ordinal)) return await ServeAsync(command);
        if (command.Contains("dragoman restore", StringComparison.Ordinal)) await StopAsync();
        return await ShellAsync(await FilledAsync(command));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a reader would fill in or answer: addresses that are his, ids, yes. Nothing leaves this machine.</summary>
    private async Task<string> FilledAsync(string command)
    {
        command = command.Replace("http://127.0.0.1:8317", Address, StringComparison.Ordinal)
            .Replace("https://api.deepseek.com/v1", Upstream + "/v1", StringComparison.Ordinal)
            .Replace("/backups/", _folder + "/backups/", StringComparison.Ordinal)
            .Replace("EDITOR=nano", "EDITOR=true", StringComparison.Ordinal)
            .Replace("DRAGOMAN_KEY=…", "DRAGOMAN_KEY=any-key", StringComparison.Ordinal);
        command = Comment().Replace(command, "");
        if (command.StartsWith("curl ", StringComparison.Ordinal)) command = command.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal);
        if (command.Contains("accounts add claude", StringComparison.Ordinal)) command += $" --base-url {Upstream}";
        if (command.Contains("accounts add claude", StringComparison.Ordinal) || command.Contains("--new-key", StringComparison.Ordinal)) command = $"echo some-key-123456 | {command}";
        if (command.Contains("dragoman connect", StringComparison.Ordinal) && !Quiet().IsMatch(command)) command += " --yes";
        if (command.Contains("flows tail", StringComparison.Ordinal)) command = $"timeout -s INT 3 {command}; [ $? -eq 124 ] || [ $? -eq 1 ]";
        if (FlowId().IsMatch(command)) command = FlowId().Replace(command, await FlowAsync());
        return command;
    }

    private async Task<string> FlowAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address) };
        // The page may have made keys before: from then on every request needs one.
        using (var made = await http.PostAsync("/api/v1/keys", new StringContent($$"""{"name":"docs-{{Guid.NewGuid():N}}"}""", System.Text.Encoding.UTF8, "application/json")))
            http.DefaultRequestHeaders.Add("x-api-key", JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!.GetValue<string>());
        for (var i = 0; i < 100; i++)
        {
            var flows = JsonNode.Parse(await http.GetStringAsync("/api/v1/flows?limit=1&model=deepseek-chat"))!["flows"]!.AsArray();
            if (flows is [{ } flow, ..]) return flow["id"]!.GetValue<string>();
            using var content = new StringContent(Talk.Chat("deepseek-chat"), System.Text.Encoding.UTF8, "application/json");
            using (await http.PostAsync("/v1/chat/completions", content))
            {
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("no flow was recorded");
    }

    private async Task<(int Code, string Said)> ServeAsync(string command)
    {
        var (config, data) = (Path.Combine(_folder, "serve.yaml"), Path.Combine(_folder, "served"));
        await File.WriteAllTextAsync(config, "port: 0\n");
        command = Comment().Replace(command, "").Replace("/etc/dragoman/config.yaml", config, StringComparison.Ordinal).Replace("--data /var/lib/dragoman", "", StringComparison.Ordinal);
        // It runs until it is told to stop: as soon as it listens.
        var script = $"coproc gate {{ exec {command.Replace("dragoman serve", $"dragoman serve --port 0 --data '{data}'", StringComparison.Ordinal)}; }}; pid=$gate_PID; while IFS= read -r line <&\"${{gate[0]}}\"; do echo \"$line\"; case \"$line\" in *\"listens on\"*) kill -TERM $pid; break;; esac; done; wait $pid";
        if (EnvironmentBefore().Match(command) is { Success: true } match) script = script.Replace($"exec {match.Value}", $"export {match.Value.TrimEnd()}; exec ", StringComparison.Ordinal);
        return await ShellAsync(script);
    }

    private async Task<(int Code, string Said)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = _folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["HOME"] = Path.Combine(_folder, "home");
        start.Environment["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["DEEPSEEK_KEY"] = "some-key-654321";
        foreach (var name in (string[])["DRAGOMAN_DATA", "DRAGOMAN_URL", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "QWEN_HOME", "XDG_CONFIG_HOME"]) start.Environment.Remove(name);
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var error = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, $"{script}\n{output}{await error}");
    }

    private async Task StartAsync()
    {
        _gateway = Command.Start("serve", "--data", Data);
        Address = (await _gateway.AddressAsync()).ToString().TrimEnd('/');
    }

    private async Task StopAsync()
    {
        if (_gateway is null) return;
        _gateway.Signal("TERM");
        await _gateway.EndAsync(TimeSpan.FromSeconds(30));
        await _gateway.DisposeAsync();
        _gateway = null;
    }

    private string Configuration() => $$"""
        port: 0
        openai-compatibility:
          - name: openai
            base-url: {{Upstream}}/v1
            wire-api: responses
            api-key-entries: [ { api-key: one } ]
            models: [ gpt-5.2, gpt-5.4-mini ]
          - name: chat
            base-url: {{Upstream}}/v1
            api-key-entries: [ { api-key: two } ]
            models: [ deepseek-chat ]
        claude-api-key:
          - { api-key: three, base-url: "{{Upstream}}", models: [ claude-sonnet-5 ] }
        gemini-api-key:
          - { api-key: four, base-url: "{{Upstream}}", models: [ gemini-3.5-flash ] }
        bedrock:
          - { name: aws, region: us-east-1, endpoint: "{{Upstream}}", api-key: five, models: [ { name: "amazon.nova-pro-v1:0", alias: nova-pro } ] }
        request-retry: 1
        flows: { mode: full }

        """;

    [GeneratedRegex(@"\s+# .*$", RegexOptions.None, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"--(yes|dry-run|status|list)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quiet();

    [GeneratedRegex(@"\bID\b", RegexOptions.None, 1000)]
    private static partial Regex FlowId();

    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ )+", RegexOptions.None, 1000)]
    private static partial Regex EnvironmentBefore();
}
