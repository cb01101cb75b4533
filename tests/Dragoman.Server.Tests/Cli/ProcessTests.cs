using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary>The command as it is run: signals, logs, exit codes, and what it prints.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_first_signal_lets_open_streams_finish_and_refuses_new_calls()
    {
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await using var gateway = Program.Start("serve", "--config", Config(FailureTests.Account("one", upstream.Address, "k")), "--port", "0");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        using var streaming = await StreamAsync(http);
        gateway.Signal("TERM");
        await gateway.OutputAsync("open request");
        using var refused = await http.PostAsync("/v1/messages", new StringContent(Talk.Messages("m"), Encoding.UTF8, "application/json"));
        ((int)refused.StatusCode).ShouldBeOneOf(503, 529);
        (await refused.JsonAsync())["type"]!.GetValue<string>().ShouldBe("error");
        using var ready = await http.GetAsync("/health/ready");
        ((int)ready.StatusCode).ShouldBe(503);
        go.SetResult();
        (await streaming.TextAsync()).ShouldBe(RawAnswers.ChatDelta + RawAnswers.ChatEnd);
        await gateway.EndAsync(TimeSpan.FromSeconds(10));
        gateway.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task No_inotify_instance_is_needed()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("inotify is Linux's.");
        await using var gateway = Program.Start("serve", "--config", Config(""), "--port", "0");
        await gateway.AddressAsync();
        // A user has 128 of them, and an editor may have them all.
        Directory.EnumerateFiles($"/proc/{gateway.Id}/fd").Select(file => new FileInfo(file).LinkTarget).ShouldNotContain("anon_inode:inotify");
    }

    [Fact]
    public async Task The_demos_upstreams_outlive_the_signal_too()
    {
        await using var gateway = Program.Start("serve", "--demo", "--port", "0");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Talk.Chat("claude-sonnet-4-5", "words:60\\nfault:pace=30", stream: true), Encoding.UTF8, "application/json"),
        };
        using var streaming = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        gateway.Signal("TERM");
        await gateway.OutputAsync("open request");
        var text = await streaming.TextAsync();
        text.ShouldEndWith("data: [DONE]\n\n");
        var chunks = text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!);
        string.Concat(chunks.Select(chunk => chunk["choices"]![0]?["delta"]?["content"]?.GetValue<string>())).ShouldContain("word60");
        await gateway.EndAsync(TimeSpan.FromSeconds(10));
        gateway.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Emulated_upstreams_run_alone_end_with_the_signal()
    {
        await using var emulators = Program.Start("emulate", "--port", "0");
        await emulators.OutputAsync("listen on");
        emulators.Signal("TERM");
        await emulators.EndAsync(TimeSpan.FromSeconds(10));
        emulators.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_second_signal_cuts()
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = Program.Start("serve", "--config", Config(FailureTests.Account("one", upstream.Address, "k")), "--port", "0");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        using var streaming = await StreamAsync(http);
        gateway.Signal("TERM");
        await gateway.OutputAsync("open request");
        var clock = Stopwatch.StartNew();
        gateway.Signal("INT");
        await gateway.EndAsync(TimeSpan.FromSeconds(10));
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Nothing_secret_stands_in_the_log()
    {
        string[] secrets = ["client-secret-1234567", "upstream-secret-7654321", "body-secret-5555555", "header-secret-888888", "sk-proj-abcdefgh12345678", "query-secret-4444444"];
        await using var upstream = await RawUpstream.StartAsync((context, n) => n % 2 == 1
            ? context.SayAsync(400, """{"error":{"message":"Bad key upstream-secret-7654321 and sk-proj-abcdefgh12345678","type":"invalid_request_error"}}""")
            : context.SayAsync(200, RawAnswers.ChatWhole));
        var config = Config("api-keys: [ client-secret-1234567, query-secret-4444444 ]\n" + FailureTests.Account("one", upstream.Address, "upstream-secret-7654321", "headers: { x-extra: header-secret-888888 }"));
        await using var gateway = Program.Start("serve", "--config", config, "--port", "0", "--log-level", "Trace");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages?key=query-secret-4444444")
            {
                Content = new StringContent(Talk.Messages(i < 2 ? "m" : "unknown-model", "body-secret-5555555"), Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("x-api-key", "client-secret-1234567");
            request.Headers.TryAddWithoutValidation("x-session-id", "header-secret-888888");
            using (await http.SendAsync(request))
            {
            }
        }

        using (await http.PostAsync("/v1/messages?key=wrong-secret-999", new StringContent("{}")))
        {
        }

        gateway.Signal("TERM");
        await gateway.EndAsync(TimeSpan.FromSeconds(20));
        var log = gateway.Error + gateway.Out;
        log.ShouldContain("/v1/messages");
        foreach (var secret in (string[])[.. secrets, "wrong-secret-999"]) log.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_bad_edit_is_logged_with_its_lines()
    {
        var config = Config("port: 0\n");
        await using var gateway = Program.Start("serve", "--config", config);
        await gateway.AddressAsync();
        await File.WriteAllTextAsync(config, "port: 0\nrequest-retry: often\n");
        await Poll.UntilAsync(() => gateway.Error.Contains("request-retry", StringComparison.Ordinal));
        gateway.Error.ShouldContain("request-retry");
        gateway.Error.ShouldContain("2:");
    }

    [Fact]
    public async Task A_bad_configuration_ends_every_command_with_78_and_all_its_problems()
    {
        var config = Config("port: eighty\nrequest-retry: often\nclaude-api-key:\n  - { nonsense: 1 }\n");
        foreach (var arguments in (string[][])[["serve", "--config", config], ["doctor", "--config", config], ["models", "--config", config], ["explain", "m", "--config", config]])
        {
            var (code, output, error) = await Program.RunAloneAsync(arguments);
            code.ShouldBe(78, arguments[0]);
            (output + error).ShouldContain("port");
            (output + error).ShouldContain("request-retry");
        }

        (await Program.RunAloneAsync("serve", "--nonsense")).Code.ShouldBe(2);
        (await Program.RunAloneAsync("dance")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_doctor_asks_every_upstream()
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var address = upstream.Address.ToString().TrimEnd('/');
        var good = Config("port: 0\n" + GatewayFixture.Everything(address));
        var (code, output, error) = await Program.RunAloneAsync("doctor", "--config", good, "--json");
        code.ShouldBe(0, output + error);
        var report = JsonNode.Parse(output)!;
        report["ok"]!.GetValue<bool>().ShouldBeTrue();
        report["findings"]!.AsArray().Count(finding => finding!["area"]!.GetValue<string>() == "upstream").ShouldBe(5);

        var bad = Config("port: 0\n" + FailureTests.Account("refused", address + "/v1", "invalid-key") + FailureTests.Account("gone", "http://127.0.0.1:1", "k", first: false));
        (code, output, _) = await Program.RunAloneAsync("doctor", "--config", bad);
        code.ShouldBe(1);
        output.ShouldContain("refuses the credential (401)");
        output.ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Explain_and_models_work_offline_and_explain_asks_a_running_gateway()
    {
        var config = Config("port: 0\n" + GatewayFixture.Everything("http://127.0.0.1:9"));
        var (code, output, _) = await Program.RunAloneAsync("explain", "chat-1", "--config", config);
        code.ShouldBe(0);
        output.ShouldContain("no gateway is running");
        output.ShouldContain("1. chat");
        (code, output, _) = await Program.RunAloneAsync("explain", "chat-l", "--config", config, "--json");
        code.ShouldBe(1);
        JsonNode.Parse(output)!["error"]!["status"]!.GetValue<int>().ShouldBe(404);
        (code, output, _) = await Program.RunAloneAsync("models", "--config", config, "--json");
        code.ShouldBe(0);
        JsonNode.Parse(output)!["data"]!.AsArray().Count.ShouldBe(5);
        (code, output, _) = await Program.RunAloneAsync("models", "--config", config);
        output.ShouldContain("claude-1");

        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        await using var first = await EmulatorHost.StartAsync(new EmulatorOptions());
        var port = first.Address.Port;
        await first.DisposeAsync();
        var running = Config($"port: {port}\n" + GatewayFixture.Everything(upstream.Address.ToString().TrimEnd('/')));
        await using var gateway = Program.Start("serve", "--config", running);
        await gateway.AddressAsync();
        (code, output, _) = await Program.RunAloneAsync("explain", "chat-1", "--config", running);
        code.ShouldBe(0);
        output.ShouldContain("as the running gateway sees it");
    }

    [Theory]
    [InlineData("bash", "complete -F")]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c")]
    public async Task Completion_scripts_are_printed(string shell, string words)
    {
        var (code, output, _) = await Program.RunAloneAsync("completion", shell);
        code.ShouldBe(0);
        output.ShouldContain(words);
    }

    [Fact]
    public async Task The_demos_printed_commands_work()
    {
        await using var demo = Program.Start("serve", "--demo", "--port", "0", "--log-level", "Warning");
        await demo.AddressAsync();
        await demo.OutputAsync("Stop with Ctrl-C");
        var commands = demo.Out.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("curl ", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var command in commands)
        {
            using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal)]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            shell.ExitCode.ShouldBe(0, command + "\n" + output + await shell.StandardError.ReadToEndAsync());
            output.ShouldMatch("\"type\":\"message\"|\\[DONE\\]");
        }

        foreach (var url in (string[])["/v1/models", "/api/v1/explain?model=gpt-5.2"])
        {
            using var http = new HttpClient { BaseAddress = await demo.AddressAsync() };
            (await http.GetStringAsync(url)).ShouldContain("gpt-5.2");
        }
    }

    [Fact]
    public async Task Emulators_run_alone()
    {
        await using var emulators = Program.Start("emulate", "--port", "0");
        using var http = new HttpClient { BaseAddress = await emulators.AddressAsync() };
        http.DefaultRequestHeaders.Add("x-api-key", "any");
        http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        using var answer = await http.PostAsync("/v1/messages", new StringContent(Talk.Messages("claude-sonnet-4-5", "say:alone"), Encoding.UTF8, "application/json"));
        (await answer.TextAsync()).ShouldContain("alone");
    }

    private static Task<HttpResponseMessage> StreamAsync(HttpClient http)
        => http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m", stream: true), Encoding.UTF8, "application/json") }, HttpCompletionOption.ResponseHeadersRead);

    private string Config(string text)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".yaml");
        File.WriteAllText(file, text);
        return file;
    }
}
