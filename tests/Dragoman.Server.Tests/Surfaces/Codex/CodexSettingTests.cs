using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>Settings, Claude Code's settings, logs and CORS of the surface <c>codex</c>: wire note codex-and-antigravity.md A.1, A.7 to A.9, G.1 18 to 23, 41 and 42; surface-clients.md 2.</summary>
[Trait("speed", "fast")]
public sealed class CodexSettingTests
{
    [Fact]
    [Trait("check", "codex 18")]
    [Trait("check", "codex 19")]
    public async Task The_model_of_the_haiku_lane_lasts()
    {
        var data = Directory.CreateTempSubdirectory("dragoman-codex-").FullName;
        await using (var rig = await CodexFixture.StartAsync(CodexFixture.Kilo, data: data))
        {
            await SaysAsync(rig, "GET", "/settings/haiku-model", null, 200, """{"success":true,"haikuKiloModel":"minimax/minimax-m2.5:free"}""");
            foreach (var body in (string?[])["{}", """{"haikuKiloModel":5}""", null, """{"haikuKiloModel":""}"""])
                await SaysAsync(rig, "POST", "/settings/haiku-model", body, 400, """{"success":false,"error":"haikuKiloModel is required and must be a string"}""");
            var wrong = await rig.SendAsync("POST", "/settings/haiku-model", """{"haikuKiloModel":"nope"}""");
            (wrong.Status, wrong.Json["success"]!.GetValue<bool>()).ShouldBe((400, false));
            wrong.Json["error"]!.GetValue<string>().ShouldBe("Invalid haikuKiloModel: Model \"nope\" is not a free model. Available: minimax/minimax-m2.5:free, kilo-auto/free");
            (await rig.SendAsync("POST", "/settings/haiku-model", """{"haikuKiloModel":"anthropic/claude-sonnet-5"}""")).Status.ShouldBe(400, "it is not free");
            await SaysAsync(rig, "POST", "/settings/haiku-model", """{"haikuKiloModel":"minimax-2.5"}""", 200, """{"success":true,"haikuKiloModel":"minimax-2.5"}""");
            await SaysAsync(rig, "GET", "/settings/haiku-model", null, 200, """{"success":true,"haikuKiloModel":"minimax-2.5"}""");
            await SaysAsync(rig, "POST", "/settings/haiku-model", """{"haikuKiloModel":"kimi-k2.5"}""", 200, """{"success":true,"haikuKiloModel":"kimi-k2.5"}""");
            await SaysAsync(rig, "GET", "/settings/kilo-models", null, 200,
                """{"success":true,"models":[{"id":"minimax/minimax-m2.5:free","name":"minimax/minimax-m2.5:free","context_length":200000,"supportsTools":true},{"id":"kilo-auto/free","name":"kilo-auto/free","context_length":200000,"supportsTools":true}],"current":"kimi-k2.5"}""");
        }

        await using (var again = await CodexFixture.StartAsync(CodexFixture.Kilo, data: data))
            await SaysAsync(again, "GET", "/settings/haiku-model", null, 200, """{"success":true,"haikuKiloModel":"kimi-k2.5"}""");
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Without_a_marketplace_the_usual_models_are_shown_and_ids_of_it_are_taken()
    {
        await using var rig = await CodexFixture.StartAsync();
        (await rig.SendAsync("GET", "/settings/kilo-models")).Json["models"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).ShouldBe(["minimax/minimax-m2.5:free", "kilo-auto/free"]);
        (await rig.SendAsync("POST", "/settings/haiku-model", """{"haikuKiloModel":"vendor/another:free"}""")).Status.ShouldBe(200);
        (await rig.SendAsync("POST", "/settings/haiku-model", """{"haikuKiloModel":"nope"}""")).Json["error"]!.GetValue<string>().ShouldStartWith("Invalid haikuKiloModel");
    }

    [Fact]
    [Trait("check", "codex 20")]
    public async Task The_strategy_is_one_of_two_and_lasts()
    {
        var data = Directory.CreateTempSubdirectory("dragoman-codex-").FullName;
        await using (var rig = await CodexFixture.StartAsync(data: data))
        {
            await rig.SignInAsync("ada");
            await rig.SignInAsync("bob");
            await SaysAsync(rig, "GET", "/settings/account-strategy", null, 200, """{"success":true,"accountStrategy":"sticky"}""");
            foreach (var body in (string?[])["""{"accountStrategy":"x"}""", "{}", null])
                await SaysAsync(rig, "POST", "/settings/account-strategy", body, 400, """{"success":false,"error":"Invalid accountStrategy. Use one of: sticky, round-robin"}""");
            await SaysAsync(rig, "POST", "/settings/account-strategy", """{"accountStrategy":"round-robin"}""", 200, """{"success":true,"accountStrategy":"round-robin"}""");
            var used = new HashSet<string>();
            for (var turn = 0; turn < 4; turn++) used.Add((await rig.SendAsync("POST", "/v1/messages", """{"model":"gpt-5.2","messages":[{"role":"user","content":"say:hello"}]}""")).Headers["x-dragoman-account"]);
            used.Count.ShouldBe(2);
        }

        await using (var again = await CodexFixture.StartAsync(data: data))
            await SaysAsync(again, "GET", "/settings/account-strategy", null, 200, """{"success":true,"accountStrategy":"round-robin"}""");
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    [Trait("check", "codex 21")]
    [Trait("check", "codex 22")]
    [Trait("check", "codex 23")]
    public async Task Claude_Code_is_pointed_here_there_and_elsewhere()
    {
        var home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        await using var rig = await CodexFixture.StartAsync(_ => "surfaces: { write-user-files: true }\n", home);
        var file = Path.Combine(home, ".claude", "settings.json");
        await SaysAsync(rig, "GET", "/claude/config", null, 200, """{"success":true,"configPath":"FILE","config":{"env":{}}}""".Replace("FILE", file, StringComparison.Ordinal));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, """{"permissions":{"allow":["x"]},"env":{"ANTHROPIC_AUTH_TOKEN":"t","OTHER":"1"}}""");
        var here = await rig.SendAsync("POST", "/claude/config/proxy");
        (here.Status, here.Json["message"]!.GetValue<string>()).ShouldBe((200, $"Claude CLI configured to use proxy at http://localhost:{rig.Address.Port}"));
        const string Models = "\"ANTHROPIC_MODEL\":\"claude-sonnet-4-6\",\"ANTHROPIC_DEFAULT_OPUS_MODEL\":\"claude-opus-4-6\",\"ANTHROPIC_DEFAULT_SONNET_MODEL\":\"claude-sonnet-4-6\",\"ANTHROPIC_DEFAULT_HAIKU_MODEL\":\"claude-haiku-4-5\"";
        here.Json["config"]!.ToJsonString().ShouldBe("""{"permissions":{"allow":["x"]},"env":{"OTHER":"1","ANTHROPIC_BASE_URL":"http://localhost:PORT","ANTHROPIC_API_KEY":"sk-ant-proxy",MODELS}}""".Replace("PORT", $"{rig.Address.Port}", StringComparison.Ordinal).Replace("MODELS", Models, StringComparison.Ordinal));
        JsonNode.DeepEquals(JsonNode.Parse(await File.ReadAllTextAsync(file)), here.Json["config"]).ShouldBeTrue();
        Directory.GetFiles(Path.GetDirectoryName(file)!, "settings.json.bak-*").Length.ShouldBe(1);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var before = await File.ReadAllTextAsync(file);
        await SaysAsync(rig, "POST", "/claude/config/direct", "{}", 400, """{"success":false,"error":"API key required"}""");
        foreach (var (body, error) in ((string?, string)[])[(null, "apiUrl is required"), ("""{"apiUrl":"http://x"}""", "apiKey is required"), ("""{"apiUrl":"no url","apiKey":"k"}""", "apiUrl must be a valid URL"), ("""{"apiUrl":"ftp://x","apiKey":"k"}""", "apiUrl must use http or https")])
        {
            var wrong = await rig.SendAsync("POST", "/claude/config/set", body);
            (wrong.Status, wrong.Body).ShouldBe((400, $$"""{"success":false,"error":"{{error}}"}"""));
        }

        (await File.ReadAllTextAsync(file)).ShouldBe(before);
        var elsewhere = (await rig.SendAsync("POST", "/claude/config/set", """{"apiUrl":"https://gateway.example/","apiKey":"k2"}""")).Json;
        (elsewhere["message"]!.GetValue<string>(), elsewhere["config"]!["env"]!["ANTHROPIC_BASE_URL"]!.GetValue<string>(), elsewhere["config"]!["env"]!["ANTHROPIC_API_KEY"]!.GetValue<string>()).ShouldBe(("Claude CLI API endpoint updated", "https://gateway.example", "k2"));
        var direct = (await rig.SendAsync("POST", "/claude/config/direct", """{"apiKey":"k3"}""")).Json;
        direct["message"]!.GetValue<string>().ShouldBe("Claude CLI configured to use direct Anthropic API");
        direct["config"]!.ToJsonString().ShouldBe("""{"permissions":{"allow":["x"]},"env":{"OTHER":"1","ANTHROPIC_API_KEY":"k3"}}""");
        (await rig.SendAsync("GET", "/claude/config")).Json["config"]!.ToJsonString().ShouldBe(direct["config"]!.ToJsonString());
        await File.WriteAllTextAsync(file, "{ broken");
        (await rig.SendAsync("POST", "/claude/config/proxy")).Status.ShouldBe(500);
        (await File.ReadAllTextAsync(file)).ShouldBe("{ broken");
        Directory.Delete(home, recursive: true);
    }

    [Theory]
    [InlineData("GET", "/claude/config", null)]
    [InlineData("POST", "/claude/config/proxy", null)]
    [InlineData("POST", "/claude/config/direct", """{"apiKey":"k"}""")]
    [InlineData("POST", "/claude/config/set", """{"apiUrl":"https://x.example","apiKey":"k"}""")]
    public async Task Without_the_owners_word_no_file_is_touched(string method, string path, string? body)
    {
        var home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        await using var rig = await CodexFixture.StartAsync(home: home);
        var answer = await rig.SendAsync(method, path, body);
        answer.Status.ShouldBe(403);
        answer.Json["success"]!.GetValue<bool>().ShouldBeFalse();
        answer.Json["error"]!.GetValue<string>().ShouldContain("surfaces.write-user-files");
        Directory.GetFileSystemEntries(home).ShouldBeEmpty();
        Directory.Delete(home);
    }

    [Fact]
    [Trait("check", "codex 42")]
    public async Task The_log_is_shown_and_streamed()
    {
        await using var rig = await CodexFixture.StartAsync(CodexFixture.Kilo);
        using var http = new HttpClient();
        using var stream = await http.GetAsync(new Uri(rig.Address, "/api/logs/stream?history=true"), HttpCompletionOption.ResponseHeadersRead);
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-haiku-4","max_tokens":8,"messages":[{"role":"user","content":"ping"}],"stream":false}""");
        await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-opus-4-5","max_tokens":8,"messages":[{"role":"user","content":"ping of ada.lovelace@example.com"}],"stream":false}""");
        var seen = new List<JsonNode>();
        for (var left = 200; left > 0 && !seen.Any(entry => entry["message"]!.GetValue<string>().Contains("model=gpt-5.3-codex", StringComparison.Ordinal)); left--)
        {
            var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15));
            if (line is not { Length: > 0 } || line.StartsWith(':')) continue;
            line.ShouldStartWith("data: ");
            seen.Add(JsonNode.Parse(line[6..])!);
        }

        seen.ShouldContain(entry => entry["message"]!.GetValue<string>().Contains("model=minimax/minimax-m2.5:free", StringComparison.Ordinal));
        seen.ShouldAllBe(entry => string.Join(',', entry.AsObject().Select(member => member.Key)) == "timestamp,level,message,icon");
        seen[^1]["timestamp"]!.GetValue<string>().ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$");
        var logs = (await rig.SendAsync("GET", "/api/logs")).Json;
        (logs["status"]!.GetValue<string>(), logs["logs"]!.AsArray().Count >= seen.Count).ShouldBe(("ok", true));
        logs.ToJsonString().ShouldNotContain("lovelace");

        // Who comes later is told first what has been.
        using var later = await http.GetAsync(new Uri(rig.Address, "/api/logs/stream?history=true"), HttpCompletionOption.ResponseHeadersRead);
        using var past = new StreamReader(await later.Content.ReadAsStreamAsync());
        foreach (var entry in logs["logs"]!.AsArray().Take(3))
        {
            var line = await past.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15));
            while (line is not null && !line.StartsWith("data: ", StringComparison.Ordinal)) line = await past.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(15));
            JsonNode.Parse(line![6..])!["message"]!.GetValue<string>().ShouldBe(entry!["message"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("http://localhost:{port}", true)]
    [InlineData("http://127.0.0.1:{port}", true)]
    [InlineData("http://localhost", true)]
    [InlineData("http://127.0.0.1", true)]
    [InlineData("http://malicious-site.com", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://localhost:1", false)]
    [InlineData("null", false)]
    [Trait("check", "codex 41")]
    public async Task Only_pages_of_this_address_may_call(string origin, bool allowed)
    {
        await using var rig = await CodexFixture.StartAsync();
        origin = origin.Replace("{port}", $"{rig.Address.Port}", StringComparison.Ordinal);
        foreach (var path in (string[])["/health", "/v1/messages"])
        {
            var asked = await rig.SendAsync("OPTIONS", path, null, ("Origin", origin), ("Access-Control-Request-Method", "GET"));
            asked.Headers.GetValueOrDefault("access-control-allow-origin").ShouldBe(allowed ? origin : null);
            if (allowed) (asked.Status, asked.Headers["access-control-allow-methods"]).ShouldBe((204, "GET,POST,PUT,DELETE,OPTIONS"));
            asked.Headers.ShouldNotContainKey("access-control-allow-credentials");
        }

        (await rig.SendAsync("GET", "/health", null, ("Origin", origin))).Headers.GetValueOrDefault("access-control-allow-origin").ShouldBe(allowed ? origin : null);
    }

    private static async Task SaysAsync(SurfaceFixture rig, string method, string path, string? body, int status, string expected)
    {
        var answer = await rig.SendAsync(method, path, body);
        (answer.Status, answer.Body).ShouldBe((status, expected), path);
    }
}
