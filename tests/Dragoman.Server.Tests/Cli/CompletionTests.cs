using System.Diagnostics;

namespace Dragoman.Server.Tests.Cli;

/// <summary>Completion: the script as a shell runs it, under the name that was typed, with the gateway's own models, accounts and keys.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-completion-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Words_models_accounts_and_keys_are_completed_under_the_name_that_was_typed()
    {
        var config = Path.Combine(_folder, "c.yaml");
        await File.WriteAllTextAsync(config, "port: 0\nclaude-api-key:\n  - { api-key: k, base-url: 'http://127.0.0.1:9', models: [ claude-1 ] }\nbedrock:\n  - { name: aws, region: us-east-1, api-key: k, models: [ { name: 'amazon.nova-pro-v1:0' } ] }\n");
        var data = Path.Combine(_folder, "data");
        await using var gateway = Program.Start("serve", "--config", config, "--data", data, "--port", "0");
        await gateway.AddressAsync();
        (await Program.RunAsync("keys", "create", "laptop", "--data", data)).Code.ShouldBe(0);
        // Not on the PATH, and not called dragoman.
        var program = Path.Combine(_folder, "gate");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nDRAGOMAN_DATA='{data}' exec dotnet '{Path.Combine(AppContext.BaseDirectory, "dragoman.dll")}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (await CompleteAsync(program, "mod")).ShouldBe(["models"]);
        (await CompleteAsync(program, "explain claude")).ShouldContain("claude-1");
        (await CompleteAsync(program, "accounts show ")).ShouldContain("aws");
        (await CompleteAsync(program, "keys show la")).ShouldBe(["laptop"]);
        // Bash takes what stands before a colon for a word of its own.
        (await CompleteAsync(program, "explain amazon.nova-pro-v1:")).ShouldBe(["0"]);
    }

    private static async Task<string[]> CompleteAsync(string program, string line)
    {
        var script = $$"""
            source <('{{program}}' completion bash)
            COMP_LINE='{{program}} {{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=('{{program}}'); COMP_CWORD=1
            _dragoman
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        (await shell.StandardError.ReadToEndAsync()).ShouldBeEmpty();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
