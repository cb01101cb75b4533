using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Dragoman.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Programs that were made for other systems, on the surfaces that stand for those: Amp's command line and redis-cli on CLIProxyAPI's.</summary>
public sealed class SurfaceStrangersTests
{
    private const string Secret = "a-secret-of-managers";

    [Fact]
    public async Task Amps_command_line_is_answered_by_the_accounts_here_and_talks_to_Amp_beside()
    {
        var program = ClientsFolder.File("node_modules", "@sourcegraph", "amp", "dist", "main.js");
        var asked = new List<string>();
        await using var amp = await RawUpstream.StartAsync((context, _) =>
        {
            lock (asked) asked.Add($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers["x-api-key"]}");
            var method = context.Request.QueryString.Value?.TrimStart('?') ?? "";
            return context.SayAsync(200, method switch
            {
                "getUserInfo" => """{"ok":true,"result":{"id":"user_1","email":"a@b.c","username":"a","displayName":"A","features":[],"team":null,"siteAdmin":false}}""",
                "getUserFreeTierStatus" => """{"ok":true,"result":{"canUseAmpFree":false,"isDailyGrantEnabled":false}}""",
                _ => """{"ok":true,"result":{}}""",
            });
        });
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await StartAsync(
            UpstreamProtocol.All["messages"].Configuration(vendor.Address, ["claude-sonnet-4-5"]) + $$"""

            ampcode:
              upstream-url: {{amp.Address}}
              upstream-api-key: key-of-amp
              model-mappings:
                - { from: "claude-.*", to: claude-sonnet-4-5, regex: true }
            """);
        using var place = new TempWorkspace();

        var run = await ProgramRun.StartAsync(
            ClientsFolder.Node(), [program, "-x", "say The gateway was here"], place.Folder,
            new Dictionary<string, string> { ["HOME"] = place.Home, ["AMP_URL"] = gateway.Addresses[^1].ToString().TrimEnd('/'), ["AMP_API_KEY"] = "sgamp_user_test", ["NO_COLOR"] = "1", ["AMP_SKIP_UPDATE_CHECK"] = "1" });

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', asked));
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {new SeenRequest(request.Target, request.Status, request.Refused, request.Text)}");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("The gateway was here");
        vendor.Requests.ShouldAllBe(request => request.Refused == null);
        asked.ShouldContain("/api/internal?getUserInfo key-of-amp");
    }

    [Fact]
    public async Task Redis_cli_takes_records_of_usage_and_has_them_sent()
    {
        var redis = ClientsFolder.OnPath("redis-cli");
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await StartAsync(UpstreamProtocol.All["messages"].Configuration(vendor.Address, ["claude-sonnet-4-5"]));
        using var http = new HttpClient { BaseAddress = gateway.Addresses[^1] };
        using var answer = await http.PostAsync("/v1/messages", new StringContent("""{"model":"claude-sonnet-4-5","max_tokens":20,"messages":[{"role":"user","content":"Hello"}]}"""), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        using var place = new TempWorkspace();

        (await AskAsync("ping")).Output.Trim().ShouldBe("PONG");
        (await AskAsync("lpop", "usage")).Output.ShouldContain("\"alias\":\"claude-sonnet-4-5\"");
        (await AskAsync("lpop", "usage", "5")).Output.Trim().ShouldBeEmpty();
        (await AskAsync("keys", "*")).Output.ShouldContain("unknown command");
        var stranger = await ProgramRun.StartAsync(redis, [.. Address, "lpop", "usage"], place.Folder, new Dictionary<string, string>());
        stranger.Output.ShouldContain("NOAUTH");

        Task<ProgramRun> AskAsync(params string[] words) => ProgramRun.StartAsync(redis, [.. Address, .. words], place.Folder, new Dictionary<string, string> { ["REDISCLI_AUTH"] = Secret });
    }

    private string[] Address => ["-h", _gateway!.Addresses[^1].Host, "-p", _gateway.Addresses[^1].Port.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    private GatewayHost? _gateway;

    private async Task<GatewayHost> StartAsync(string config)
        => _gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"listeners:\n  - {{ surface: cliproxy, port: 0 }}\nremote-management: {{ secret-key: {Secret} }}\n{config}", Port = 0, LogLevel = LogLevel.None,
        });
}
