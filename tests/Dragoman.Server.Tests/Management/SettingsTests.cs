using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Management;

/// <summary>The configuration's file over the management API: edited in place, never made unusable, secrets behind marks.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[Trait("speed", "fast")]
public sealed class SettingsTests : IDisposable
{
    private const string Text = """
        # our house
        port: 0
        routing:
          strategy: round-robin   # for now
        claude-api-key:
          - api-key: sk-secret-one   # Ann's
            proxy-url: http://user:pass-word@127.0.0.1:9/
            headers: { X-Extra: header-secret }
        # - api-key: sk-old-key-1234567890abcdef
        unknown: kept

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-settings-").FullName;

    private string File => Path.Combine(_folder, "config.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Single_keys_are_changed_in_place_and_hold_at_once()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var (status, answer) = await SendAsync(http, HttpMethod.Patch, "settings", """{"routing.strategy":"fill-first","debug":true,"request-retry":1}""");
        status.ShouldBe(200, answer);
        JsonNode.Parse(answer)!["needs_restart"]!.ToJsonString().ShouldBe("[\"debug\"]");
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(Text.Replace("round-robin", "fill-first", StringComparison.Ordinal) + "debug: true\nrequest-retry: 1\n");
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        gateway.Config.Routing.Strategy.ToString().ShouldBe("FillFirst");
        var view = await http.GetStringAsync("/api/v1/settings");
        Setting(view, "routing.strategy").ShouldBe(("\"fill-first\"", "file"));
        Setting(view, "max-retry-interval").ShouldBe(("30", "default"));

        (status, answer) = await SendAsync(http, HttpMethod.Patch, "settings", """{"routing.strategy":"fill-first"}""");
        JsonNode.Parse(answer)!["changed"]!.GetValue<bool>().ShouldBeFalse();
        (await http.GetStringAsync("/api/v1/audit?action=settings.")).ShouldContain("routing.strategy, debug, request-retry");
    }

    [Fact]
    public async Task What_would_not_be_usable_is_not_written_and_every_fault_is_told()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var (status, answer) = await SendAsync(http, HttpMethod.Patch, "settings", """{"request-retry":"many","routing.strategy":"random","drain-timeout-seconds":"soon"}""");
        status.ShouldBe(422);
        JsonNode.Parse(answer)!["problems"]!.AsArray().Where(problem => problem!["severity"]!.GetValue<string>() == "error").Select(problem => problem!["path"]!.GetValue<string>()).Order().ShouldBe(["drain-timeout-seconds", "request-retry", "routing.strategy"]);
        (status, _) = await SendAsync(http, HttpMethod.Patch, "settings", """{"debug":true,"unknown.deeper":1}""");
        status.ShouldBe(400, "all or none");
        (status, _) = await SendAsync(http, HttpMethod.Put, "settings/config", "port: [\n", "*");
        status.ShouldBe(422);
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(Text);
        Directory.Exists(Path.Combine(_folder, "config-backups")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_whole_text_goes_out_without_secrets_and_comes_back_with_them()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var read = await http.GetAsync("/api/v1/settings/config");
        var shown = await read.Content.ReadAsStringAsync();
        foreach (var secret in (string[])["sk-secret-one", "pass-word", "header-secret", "sk-old-key-1234567890abcdef"])
        {
            shown.ShouldNotContain(secret);
            (await http.GetStringAsync("/api/v1/settings")).ShouldNotContain(secret);
        }

        shown.ShouldContain("# Ann's");
        var version = read.Headers.ETag!.ToString();
        (await SendAsync(http, HttpMethod.Put, "settings/config", shown + "debug: false\n")).Status.ShouldBe(400, "a version is asked for");
        (await SendAsync(http, HttpMethod.Put, "settings/config", shown + "debug: false\n", "\"other\"")).Status.ShouldBe(412);
        (await SendAsync(http, HttpMethod.Put, "settings/config", shown + "x: <hidden-0123456789abcdef>\n", version)).Status.ShouldBe(400);
        var (status, answer) = await SendAsync(http, HttpMethod.Put, "settings/config", shown + "debug: false\n", version);
        status.ShouldBe(200, answer);
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(Text + "debug: false\n");
        (await http.GetStringAsync("/api/v1/settings/config?raw=true")).ShouldBe(Text + "debug: false\n");
        (await http.GetStringAsync("/api/v1/audit?action=settings.read-raw")).ShouldContain("settings.read-raw");
    }

    [Fact]
    public async Task Former_texts_are_kept_ten_at_most_for_the_owner_alone()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        for (var i = 0; i < 13; i++) (await SendAsync(http, HttpMethod.Patch, "settings", $$"""{"request-retry":{{i}}}""")).Status.ShouldBe(200);
        var kept = Directory.GetFiles(Path.Combine(_folder, "config-backups")).Order(StringComparer.Ordinal).ToList();
        kept.Count.ShouldBe(10);
        (await System.IO.File.ReadAllTextAsync(kept[^1])).ShouldContain("request-retry: 11");
        kept.ShouldAllBe(file => System.IO.File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Directory.GetFiles(_folder, "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_stays_a_link()
    {
        var real = Path.Combine(_folder, "real.yaml");
        await System.IO.File.WriteAllTextAsync(real, Text);
        System.IO.File.CreateSymbolicLink(File, "real.yaml");
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigFile = File, DataFolder = _folder, Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await SendAsync(http, HttpMethod.Patch, "settings", """{"debug":true}""")).Status.ShouldBe(200);
        new FileInfo(File).LinkTarget.ShouldBe("real.yaml");
        (await System.IO.File.ReadAllTextAsync(real)).ShouldEndWith("debug: true\n");
    }

    [Fact]
    public async Task Without_a_file_the_first_change_makes_one_and_it_holds()
    {
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { DataFolder = _folder, Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using (var nothing = await http.GetAsync("/api/v1/settings/config"))
            ((int)nothing.StatusCode, nothing.Headers.ETag?.ToString(), await nothing.Content.ReadAsStringAsync()).ShouldBe((200, "\"none\"", ""));
        (await SendAsync(http, HttpMethod.Put, "settings/config", "debug: maybe\n", "\"none\"")).Status.ShouldBe(422, "the version of no file is taken");
        (await SendAsync(http, HttpMethod.Patch, "settings", """{"request-retry":7}""")).Status.ShouldBe(200);
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe("request-retry: 7\n");
        gateway.Config.Retry.Rounds.ShouldBe(7);
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var textOnly = await GatewayFixture.StartAsync();
        (await SendAsync(textOnly.Http, HttpMethod.Patch, "settings", """{"debug":true}""")).Status.ShouldBe(409);
    }

    [Fact]
    public async Task The_management_secret_can_be_kept_and_forgotten()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await SendAsync(http, HttpMethod.Put, "settings/management-secret", """{"secret":"short"}""")).Status.ShouldBe(400);
        (await SendAsync(http, HttpMethod.Put, "settings/management-secret", """{"secret":"long-enough-for-all"}""")).Status.ShouldBe(204);
        gateway.ManagementSecret.IsSet.ShouldBeTrue();
        (await gateway.ManagementSecret.MatchesAsync("long-enough-for-all", default)).ShouldBeTrue();
        (await SendAsync(http, HttpMethod.Delete, "settings/management-secret", "")).Status.ShouldBe(204);
        (await SendAsync(http, HttpMethod.Delete, "settings/management-secret", "")).Status.ShouldBe(404);
        gateway.ManagementSecret.IsSet.ShouldBeFalse();
    }

    [Fact]
    public async Task Bodies_are_bounded_and_faults_in_them_are_told()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await SendAsync(http, HttpMethod.Put, "settings/config", new string('#', 1_100_000), "*")).Status.ShouldBe(413);
        (await SendAsync(http, HttpMethod.Patch, "settings", "{")).Status.ShouldBe(400);
        var (status, answer) = await SendAsync(http, HttpMethod.Put, "settings/management-secret", """{"secret":"long-enough-for-all","oops":1}""");
        status.ShouldBe(400);
        JsonNode.Parse(answer)!["error"]!["message"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_change_is_in_the_history_and_rolled_back_with_its_secrets()
    {
        await using var gateway = await StartAsync(Text);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await SendAsync(http, HttpMethod.Patch, "settings", """{"routing.strategy":"sticky","claude-api-key[0].api-key":"sk-secret-two"}""")).Status.ShouldBe(200);
        var view = JsonNode.Parse(await http.GetStringAsync("/api/v1/settings/history"))!["entries"]!.AsArray();
        view.Select(entry => (entry!["version"]!.GetValue<string>(), entry["summary"]!.GetValue<string>(), entry["current"]!.GetValue<bool>())).ShouldBe([("2", "claude-api-key[0].api-key, routing.strategy", true), ("1", "as it was found", false)]);
        var former = await http.GetStringAsync("/api/v1/settings/history/1");
        former.ShouldStartWith("# our house\n");
        former.ShouldNotContain("sk-secret-one");
        (await SendAsync(http, HttpMethod.Post, "settings/history/1/restore", "")).Status.ShouldBe(400);
        (await SendAsync(http, HttpMethod.Post, "settings/history/1/restore", "", "\"older\"")).Status.ShouldBe(412);
        var (status, answer) = await SendAsync(http, HttpMethod.Post, "settings/history/1/restore", "", "*");
        status.ShouldBe(200, answer);
        (await System.IO.File.ReadAllTextAsync(File)).ShouldBe(Text);
        (await http.GetStringAsync("/api/v1/audit?action=settings.restore")).ShouldContain("version 1 restored");
        JsonNode.Parse(await http.GetStringAsync("/api/v1/settings/history?limit=1"))!["entries"]![0]!["summary"]!.GetValue<string>().ShouldStartWith("version 1 restored: ");
    }

    private async Task<GatewayHost> StartAsync(string text)
    {
        await System.IO.File.WriteAllTextAsync(File, text);
        return await GatewayHost.StartAsync(new StartOptions { ConfigFile = File, DataFolder = _folder, Port = 0, LogLevel = LogLevel.None });
    }

    private static async Task<(int Status, string Text)> SendAsync(HttpClient http, HttpMethod method, string path, string body, string? version = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = new StringContent(body, Encoding.UTF8, path.EndsWith("config", StringComparison.Ordinal) ? "application/yaml" : "application/json") };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static (string?, string) Setting(string view, string path)
    {
        var setting = JsonNode.Parse(view)!["settings"]!.AsArray().Single(setting => setting!["path"]!.GetValue<string>() == path)!;
        return (setting["value"]?.ToJsonString(), setting["origin"]!.GetValue<string>());
    }
}
