using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Cli;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Management;

/// <summary>The real program, killed while it writes: what it acknowledged is there, and nothing it wrote holds a secret.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CrashTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-crash-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_over_the_API_survives_a_kill_at_any_moment()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "config.yaml"), "# kept\nport: 0\nrequest-retry: 0\n");
        var retries = 0;
        string? secret = null;
        var attempted = "";
        var rounds = 0;
        var keys = new List<string>();
        var accounts = new List<string>();
        var random = new Random(3);
        for (var round = 0; round < 4; round++)
        {
            await using var gateway = Command.Start("serve", "--data", Data, "--port", "0");
            using var http = new HttpClient { BaseAddress = await gateway.AddressAsync(), Timeout = TimeSpan.FromSeconds(30) };
            await CheckAsync(http, retries, secret, keys, accounts);
            // The kill comes a moment after so many writes were acknowledged: into the middle of another.
            var (before, until) = (rounds, random.Next(2, 8));
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var delay = random.Next(0, 60);
            var killing = Task.Run(async () =>
            {
                await enough.Task;
                await Task.Delay(delay);
                gateway.Signal("KILL");
            });
            try
            {
                while (true)
                {
                    var next = (retries + 1) % 100;
                    await SendAsync(http, HttpMethod.Patch, "settings", $$"""{"request-retry":{{next}}}""");
                    retries = next;
                    attempted = $"secret-number-{round}-{rounds++}";
                    await SendAsync(http, HttpMethod.Put, "settings/management-secret", $$"""{"secret":"{{attempted}}"}""");
                    secret = attempted;
                    using (var made = await http.PostAsync("/api/v1/keys", new StringContent($$"""{"name":"key-{{rounds}}"}""", Encoding.UTF8, "application/json")))
                    {
                        made.IsSuccessStatusCode.ShouldBeTrue();
                        keys.Add(JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!.GetValue<string>());
                    }

                    using (var made = await http.PostAsync("/api/v1/accounts", AccountOf($"account-{rounds}", $"sk-of-account-{rounds}")))
                    {
                        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
                        accounts.Add($"account-{rounds}");
                    }

                    if (rounds - before == until) enough.SetResult();
                }
            }
            catch (Exception ex) when (ex is HttpRequestException or IOException or OperationCanceledException)
            {
                // It is dead. The write it died in may or may not have been done.
            }

            await killing;
            await gateway.EndAsync(TimeSpan.FromSeconds(20));
            var text = await File.ReadAllTextAsync(Path.Combine(Data, "config.yaml"));
            text.ShouldBeOneOf($"# kept\nport: 0\nrequest-retry: {retries}\n", $"# kept\nport: 0\nrequest-retry: {(retries + 1) % 100}\n");
            if (text.Contains($"request-retry: {(retries + 1) % 100}\n", StringComparison.Ordinal)) retries = (retries + 1) % 100;
            // The last secret that was acknowledged holds, or the one that was being set.
            secret = await HoldsAsync(attempted) ? attempted : secret;
            if (secret is not null) (await HoldsAsync(secret)).ShouldBeTrue("an acknowledged secret is gone");
        }

        rounds.ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task No_file_holds_a_secret_and_none_is_for_others_to_read()
    {
        Directory.CreateDirectory(Data);
        var secrets = new Dictionary<string, string>
        {
            ["client key"] = "ck-client-7f3a9c1d5e",
            ["upstream key"] = "sk-upstream-2b8d4f6a0c",
            ["wrong client key"] = "ck-wrong-91e5d7c3b1",
            ["management secret"] = "mgmt-secret-64c8e0a2f4",
            ["wrong management secret"] = "mgmt-wrong-0a1b2c3d4e",
            ["cookie"] = "session-cookie-5d6e7f8a9b",
        };
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            // An upstream that repeats the key it got.
            context.Response.StatusCode = 401;
            await context.SendAsync($$$"""{"error":{"message":"Incorrect API key provided: {{{secrets["upstream key"]}}}"}}""");
        });
        // The configuration itself is the operator's, outside of what the server writes, and names its secrets by the environment.
        var config = Path.Combine(_folder, "config.yaml");
        await File.WriteAllTextAsync(config, $$"""
            port: 0
            request-retry: 0
            api-keys: [ "{{secrets["client key"]}}" ]
            remote-management: { require-secret-on-loopback: true, secret-key: "{{secrets["management secret"]}}" }
            flows: { mode: full }
            openai-compatibility:
              - { name: one, base-url: "{{upstream.Address.ToString().TrimEnd('/')}}/v1", api-key: "{{secrets["upstream key"]}}", models: [ m ] }

            """);
        string output;
        await using (var gateway = Command.Start("serve", "--config", config, "--data", Data, "--log-level", "Debug"))
        {
            using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
            foreach (var key in (string[])[secrets["client key"], secrets["wrong client key"]])
            {
                using var call = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m"), Encoding.UTF8, "application/json") };
                call.Headers.Authorization = new("Bearer", key);
                call.Headers.Add("Cookie", secrets["cookie"]);
                using var answer = await http.SendAsync(call);
                answer.IsSuccessStatusCode.ShouldBeFalse();
            }

            (await AskAsync(http, secrets["wrong management secret"], "version")).ShouldBe(401);
            (await AskAsync(http, secrets["management secret"], "settings")).ShouldBe(200);
            (await AskAsync(http, secrets["management secret"], "health")).ShouldBe(200);
            http.DefaultRequestHeaders.Authorization = new("Bearer", secrets["management secret"]);
            await SendAsync(http, HttpMethod.Put, "settings/management-secret", $$"""{"secret":"{{secrets["management secret"]}}"}""");
            using (var made = await http.PostAsync("/api/v1/keys", new StringContent("""{"name":"made"}""", Encoding.UTF8, "application/json")))
                secrets["made client key"] = JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!.GetValue<string>();
            secrets["stored upstream key"] = "sk-stored-8c7b6a5d4e";
            using (var made = await http.PostAsync("/api/v1/accounts", AccountOf("stored", secrets["stored upstream key"]))) made.IsSuccessStatusCode.ShouldBeTrue();
            // Flows and the like are written behind the answer.
            await Task.Delay(2_000);
            gateway.Signal("KILL");
            await gateway.EndAsync(TimeSpan.FromSeconds(20));
            output = gateway.Out + gateway.Error;
        }

        var files = Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).ToList();
        files.ShouldContain(file => file.EndsWith("-wal", StringComparison.Ordinal), "the log of the store is looked at, too");
        var found = new List<string>();
        foreach (var (name, secret) in secrets)
        {
            if (output.Contains(secret, StringComparison.Ordinal)) found.Add($"{name} in the log");
            foreach (var file in files)
            {
                var bytes = await File.ReadAllBytesAsync(file);
                if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0 || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)) >= 0) found.Add($"{name} in {Path.GetFileName(file)}");
            }
        }

        found.ShouldBeEmpty();
        files.Where(file => (File.GetUnixFileMode(file) & Others) != UnixFileMode.None).Select(Path.GetFileName).ShouldBeEmpty();
    }

    private async Task<bool> HoldsAsync(string secret)
    {
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = "port: 0\n", DataFolder = Data, LogLevel = LogLevel.None });
        return await gateway.ManagementSecret.MatchesAsync(secret, default);
    }

    private static async Task CheckAsync(HttpClient http, int retries, string? secret, IReadOnlyList<string> keys, IReadOnlyList<string> accounts)
    {
        var listed = JsonNode.Parse(await http.GetStringAsync("/api/v1/accounts"))!["accounts"]!.AsArray().Select(account => account!["label"]!.GetValue<string>());
        accounts.Except(listed).ShouldBeEmpty("acknowledged accounts are gone");
        var known = JsonNode.Parse(await http.GetStringAsync("/api/v1/keys"))!["keys"]!.AsArray().Select(key => key!["id"]!.GetValue<string>());
        keys.Except(known).ShouldBeEmpty("acknowledged keys are gone");
        var settings = JsonNode.Parse(await http.GetStringAsync("/api/v1/settings"))!;
        settings["settings"]!.AsArray().Single(setting => setting!["path"]!.GetValue<string>() == "request-retry")!["value"]!.GetValue<int>().ShouldBe(retries);
        if (secret is not null) settings["management_secret"]!.GetValue<bool>().ShouldBeTrue();
    }

    private static StringContent AccountOf(string label, string key)
        => new($$"""{"provider":"openai","label":"{{label}}","credential":{"api_key":"{{key}}"},"settings":{"base_url":"http://127.0.0.1:9/v1"},"models":["m-of-{{label}}"]}""", Encoding.UTF8, "application/json");

    private static async Task<int> AskAsync(HttpClient http, string secret, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path);
        request.Headers.Add("x-management-key", secret);
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task SendAsync(HttpClient http, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
