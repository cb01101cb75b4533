using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>The command line and the dashboard of ccs, which manages a CLIProxyAPI on another host, with the gateway in that system's place (surface-clients 1.2).</summary>
public sealed class CcsTests
{
    private const string Key = "sk-of-ccs-and-managers";

    [Fact]
    public async Task Its_dashboard_shows_what_the_gateway_knows()
    {
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using (var http = new HttpClient { BaseAddress = gateway.Addresses[^1], DefaultRequestHeaders = { { "Authorization", $"Bearer {Key}" } } })
        using (var answer = await http.PostAsync("/v1/chat/completions", new StringContent("""{"model":"gemini-2.5-pro","messages":[{"role":"user","content":"hi"}]}"""), TestContext.Current.CancellationToken))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var place = new TempWorkspace();
        var home = Directory.CreateDirectory(Path.Combine(place.Home, ".ccs")).FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(home, "config.yaml"), $$"""
            version: 12
            cliproxy_server:
              remote: { enabled: true, host: 127.0.0.1, port: {{gateway.Addresses[^1].Port}}, protocol: http, auth_token: {{Key}}, management_key: {{Key}} }
            """, TestContext.Current.CancellationToken);
        using var dashboard = Process.Start(ProgramRun.Describe(ClientsFolder.Command("ccs"), ["config", "--port", $"{port}"], place.Folder, Environment(place, gateway.Addresses[^1])))!;
        var (output, errors) = (dashboard.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), dashboard.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var page = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var stats = await AskAsync(page, "/api/cliproxy/stats", dashboard);
        if (!dashboard.HasExited) dashboard.Kill(entireProcessTree: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{stats.ToJsonString()}\n{await output}\n{await errors}");
        stats.ToJsonString().ShouldContain("gemini-2.5-pro");
    }

    [Fact]
    public async Task Its_command_line_runs_Claude_Code_at_the_address_of_a_provider()
    {
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var place = new TempWorkspace();
        // Claude Code obeys the settings that ccs gives it before the environment: they name a provider's address, with the port that ccs was set up with.
        place.Settle(".ccs/gemini.settings.json", $$"""
            { "env": { "ANTHROPIC_BASE_URL": "{{gateway.Addresses[^1]}}api/provider/gemini", "ANTHROPIC_AUTH_TOKEN": "{{Key}}", "ANTHROPIC_MODEL": "gemini-2.5-pro", "ANTHROPIC_DEFAULT_HAIKU_MODEL": "gemini-2.5-flash" } }
            """);

        var run = await ProgramRun.StartAsync(ClientsFolder.Command("ccs"), ["gemini", "-p", "say Hello from ccs"], place.Folder, Environment(place, gateway.Addresses[^1]));

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("Hello from ccs");
        run.ToString().ShouldContain("Connected to remote proxy");
        vendor.Requests.ShouldAllBe(request => request.Refused == null);
    }

    private static Task<GatewayHost> StartAsync(EmulatorHost vendor) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = $$"""
            port: 0
            api-keys: [ {{Key}} ]
            remote-management: { secret-key: {{Key}} }
            listeners: [ { surface: cliproxy, port: 0 } ]
            gemini-api-key: [ { api-key: k, base-url: "{{vendor.Address.ToString().TrimEnd('/')}}" } ]
            """,
        Port = 0, LogLevel = LogLevel.None,
    });

    private static Dictionary<string, string> Environment(TempWorkspace place, Uri gateway) => new()
    {
        ["HOME"] = place.Home,
        ["CCS_HOME"] = place.Home,
        ["PATH"] = $"{Path.GetDirectoryName(ClientsFolder.Command("claude"))}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["CLAUDE_CONFIG_DIR"] = Path.Combine(place.Home, ".claude"),
        ["CCS_PROXY_HOST"] = gateway.Host,
        ["CCS_PROXY_PORT"] = gateway.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["CCS_PROXY_PROTOCOL"] = "http",
        ["CCS_PROXY_AUTH_TOKEN"] = Key,
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_TELEMETRY"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["CLAUDE_CODE_MAX_RETRIES"] = "0",
        ["NO_COLOR"] = "1",
        ["CI"] = "1",
        ["BROWSER"] = "true",
    };

    private static async Task<JsonNode> AskAsync(HttpClient page, string path, Process program)
    {
        for (var tried = 0; ; tried++)
        {
            try
            {
                using var answer = await page.GetAsync(path, TestContext.Current.CancellationToken);
                return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            }
            catch (HttpRequestException) when (tried < 60 && !program.HasExited)
            {
                // It is not listening yet.
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
