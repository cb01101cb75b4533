using System.Net.Http.Headers;
using System.Text;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary>What an owner turns in the program while it runs: emulated upstreams on and off, a restart, a backup that is restored by it.</summary>
public sealed class SwitchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-switch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Emulated_upstreams_are_turned_on_asked_and_turned_off()
    {
        await using var gateway = Program.Start("serve", "--config", Config(), "--port", "0");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        (await ModelsAsync(http)).ShouldNotContain("emulated");
        using (var started = await http.PostAsync("/api/v1/emulators/start", null))
        {
            var view = await started.JsonAsync();
            view["running"]!.GetValue<bool>().ShouldBeTrue();
            var models = view["accounts"]!.AsArray().SelectMany(account => account!["models"]!.AsArray().Select(model => model!.GetValue<string>())).ToList();
            models.Count.ShouldBe(7);
            foreach (var model in models)
            {
                model.ShouldStartWith("emulated-");
                using var answer = await http.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat(model), Encoding.UTF8, "application/json"));
                ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
            }
        }

        // Once more changes nothing.
        using (var again = await http.PostAsync("/api/v1/emulators/start", null)) (await again.JsonAsync())["accounts"]!.AsArray().Count.ShouldBe(5);
        using (var stopped = await http.PostAsync("/api/v1/emulators/stop", null)) (await stopped.JsonAsync())["running"]!.GetValue<bool>().ShouldBeFalse();
        (await ModelsAsync(http)).ShouldNotContain("emulated");
        using var gone = await http.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat("emulated-gpt-5.2"), Encoding.UTF8, "application/json"));
        ((int)gone.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_backup_is_handed_over_and_there_after_the_restart()
    {
        await using var gateway = Program.Start("serve", "--config", Config(), "--port", "0", "--data", Path.Combine(_folder, "data"));
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        await AddKeyAsync(http, "before");
        using var made = await http.PostAsync("/api/v1/backup", null);
        var backup = await made.Content.ReadAsByteArrayAsync();
        await AddKeyAsync(http, "after");

        using (var odd = await http.PutAsync("/api/v1/restore", Body("no backup"u8.ToArray()))) ((int)odd.StatusCode).ShouldBe(400, await odd.TextAsync());
        using (var put = await http.PutAsync("/api/v1/restore?name=monday.backup", Body(backup)))
        {
            var view = await put.JsonAsync();
            (view["waiting"]!["name"]!.GetValue<string>(), view["can_restart"]!.GetValue<bool>()).ShouldBe(("monday.backup", true), view.ToJsonString());
        }

        (await KeysAsync(http)).ShouldContain("after");
        using (var asked = await http.PostAsync("/api/v1/restart", null)) ((int)asked.StatusCode).ShouldBe(202);
        // On the port that the system chose the first time.
        await Poll.UntilAsync(async () => await LastAsync(http) is not null);
        (await LastAsync(http))!["succeeded"]!.GetValue<bool>().ShouldBeTrue();
        (await KeysAsync(http)).ShouldSatisfyAllConditions(keys => keys.ShouldContain("before"), keys => keys.ShouldNotContain("after"));
        gateway.Out.ShouldContain("Restarting");
        gateway.Signal("TERM");
        await gateway.EndAsync(TimeSpan.FromSeconds(20));
        gateway.ExitCode.ShouldBe(0);
    }

    private static ByteArrayContent Body(byte[] content) => new(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } };

    private static async Task AddKeyAsync(HttpClient http, string name)
    {
        using var added = await http.PostAsync("/api/v1/keys", new StringContent($$"""{"name":"{{name}}"}""", Encoding.UTF8, "application/json"));
        added.EnsureSuccessStatusCode();
    }

    private static Task<string> KeysAsync(HttpClient http) => http.GetStringAsync("/api/v1/keys");

    private static Task<string> ModelsAsync(HttpClient http) => http.GetStringAsync("/v1/models");

    private static async Task<System.Text.Json.Nodes.JsonNode?> LastAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/api/v1/restore");
            return answer.IsSuccessStatusCode ? (await answer.JsonAsync())["last"] : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private string Config()
    {
        var file = Path.Combine(_folder, "config.yaml");
        File.WriteAllText(file, "port: 0\n");
        return file;
    }
}
