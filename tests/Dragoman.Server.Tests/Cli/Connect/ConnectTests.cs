using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli.Connect;

/// <summary><c>dragoman connect</c> on the files of a home folder of its own.</summary>
public sealed class ConnectTests : IDisposable
{
    private const string Key = "dg-secret-key-0123456789";
    private readonly string _home = Directory.CreateTempSubdirectory("dragoman-connect-").FullName;

    public static TheoryData<string> Clients => ["claude-code", "codex", "gemini", "opencode", "qwen"];

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory, MemberData(nameof(Clients))]
    public async Task What_was_there_comes_back_byte_for_byte(string client)
    {
        await using var rig = await RigAsync();
        Settle(".claude/settings.json", "{\n    \"permissions\": { \"allow\": [\"Read\"] },\n    \"env\": { \"ANTHROPIC_AUTH_TOKEN\": \"sk-ant-mine-12345678\" }\n}");
        Settle(".codex/config.toml", "# mine\r\nmodel = \"gpt-5\" # best\r\n\r\n[projects.\"/x\"]\r\ntrust_level = \"trusted\"\r\n");
        Settle(".gemini/settings.json", "{ // odd\n  \"ui\": { \"theme\": \"x\", },\n}\n");
        Settle(".gemini/.env", "GEMINI_API_KEY=mine\nOTHER=1");
        Settle(".config/opencode/opencode.jsonc", "{\n\t// comments\n\t\"$schema\": \"https://opencode.ai/config.json\",\n\t\"model\": \"a/b\", // mine\n}\n");
        Settle(".qwen/settings.json", "{\"$version\":4,\"security\":{\"auth\":{\"selectedType\":\"qwen-oauth\"}}}");
        var before = Files();

        for (var again = 0; again < 2; again++)
        {
            var (code, output, error) = await RunAsync(rig, client, "--yes", "--key", Key, "--model", again == 0 ? "chat-1" : "claude-1");
            code.ShouldBe(0, output + error);
            output.ShouldContain("+++ ");
            output.ShouldNotContain(Key);
            output.ShouldNotContain("sk-ant-mine");
        }

        var connected = Files();
        connected.Values.Count(file => file.Text.Contains(Key, StringComparison.Ordinal)).ShouldBe(1);
        connected.Values.Single(file => file.Text.Contains(Key, StringComparison.Ordinal)).Mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        connected.Where(file => file.Key.StartsWith(".dragoman", StringComparison.Ordinal)).ShouldAllBe(file => file.Value.Mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        (await RunAsync(rig, client, "--yes", "--key", Key, "--model", "claude-1")).Out.ShouldContain("already");
        (await RunAsync(rig, "--status")).Out.ShouldContain(client);
        (await RunAsync(rig, client, "--undo", "--yes")).Code.ShouldBe(0);
        Files().ShouldBe(before);
        (await RunAsync(rig, client, "--undo", "--yes")).Code.ShouldBe(1);
        (await RunAsync(rig, "--status")).Out.ShouldContain("No client is connected.");
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Where_nothing_was_nothing_stays(string client)
    {
        await using var rig = await RigAsync();
        (await RunAsync(rig, client, "--yes", "--key", Key)).Code.ShouldBe(0);
        Files().Count.ShouldBeGreaterThanOrEqualTo(2);

        (await RunAsync(rig, client, "--undo", "--yes")).Code.ShouldBe(0);

        Files().ShouldBeEmpty();
        Directory.EnumerateDirectories(_home).Where(folder => Path.GetFileName(folder) != ".dragoman").ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task What_others_changed_since_stays(string client)
    {
        await using var rig = await RigAsync();
        (await RunAsync(rig, client, "--yes", "--key", Key, "--model", "chat-1")).Code.ShouldBe(0);
        foreach (var (name, file) in Files().Where(file => !file.Key.StartsWith(".dragoman", StringComparison.Ordinal)))
        {
            var text = file.Text.Replace("chat-1", "their-own", StringComparison.Ordinal);
            text = name.EndsWith("json", StringComparison.Ordinal) ? text.Insert(text.LastIndexOf('}'), ", \"added\": [1]\n") : text + "\nADDED=\"x\"\n";
            await File.WriteAllTextAsync(Path.Combine(_home, name), text);
        }

        (await RunAsync(rig, "--status")).Out.ShouldContain("changed since");
        var (code, output, _) = await RunAsync(rig, client, "--undo", "--yes");

        code.ShouldBe(0);
        if (client != "gemini") output.ShouldContain("Except:");
        var left = Files();
        left.Values.ShouldAllBe(file => file.Text.Contains("ADDED", StringComparison.OrdinalIgnoreCase));
        left.Values.ShouldAllBe(file => !file.Text.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_broken_since_is_put_back_by_force_only()
    {
        await using var rig = await RigAsync();
        Settle(".claude/settings.json", "{}");
        (await RunAsync(rig, "claude-code", "--yes", "--key", Key)).Code.ShouldBe(0);
        Settle(".claude/settings.json", "{ broken");

        var (code, _, error) = await RunAsync(rig, "claude-code", "--undo", "--yes");
        code.ShouldBe(1);
        error.ShouldContain("--force");
        File.ReadAllText(Path.Combine(_home, ".claude/settings.json")).ShouldBe("{ broken");

        (await RunAsync(rig, "claude-code", "--undo", "--yes", "--force")).Code.ShouldBe(0);
        File.ReadAllText(Path.Combine(_home, ".claude/settings.json")).ShouldBe("{}");
    }

    [Fact]
    public async Task A_broken_file_is_left_alone()
    {
        await using var rig = await RigAsync();
        Settle(".codex/config.toml", "model = \"x\n");
        var (code, _, error) = await RunAsync(rig, "codex", "--yes", "--key", Key);
        code.ShouldBe(1);
        error.ShouldContain("line 1");
        error.ShouldContain("config.toml");
        Files().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_link_stays_a_link()
    {
        await using var rig = await RigAsync();
        Settle("dotfiles/claude.json", "{\n  \"a\": 1\n}\n");
        Directory.CreateDirectory(Path.Combine(_home, ".claude"));
        var link = Path.Combine(_home, ".claude/settings.json");
        File.CreateSymbolicLink(link, "../dotfiles/claude.json");

        (await RunAsync(rig, "claude-code", "--yes", "--key", Key)).Code.ShouldBe(0);
        new FileInfo(link).LinkTarget.ShouldBe("../dotfiles/claude.json");
        File.ReadAllText(Path.Combine(_home, "dotfiles/claude.json")).ShouldContain("ANTHROPIC_BASE_URL");

        (await RunAsync(rig, "claude-code", "--undo", "--yes")).Code.ShouldBe(0);
        new FileInfo(link).LinkTarget.ShouldBe("../dotfiles/claude.json");
        File.ReadAllText(Path.Combine(_home, "dotfiles/claude.json")).ShouldBe("{\n  \"a\": 1\n}\n");
    }

    [Fact]
    public async Task Nothing_is_changed_unasked()
    {
        await using var rig = await RigAsync();
        var (code, output, error) = await RunAsync(rig, "claude-code", "--key", Key);
        code.ShouldBe(1);
        error.ShouldContain("--yes");
        output.ShouldContain("ANTHROPIC_BASE_URL");
        (await RunAsync(rig, "claude-code", "--dry-run", "--key", Key)).Code.ShouldBe(0);
        Files().ShouldBeEmpty();
        (await RunAsync(rig)).Code.ShouldBe(2);
        (await RunAsync(rig, "emacs")).Code.ShouldBe(2);
        (await RunAsync(rig, "--list")).Out.ShouldContain("opencode.json (not there yet)");
    }

    [Fact]
    public async Task A_gateway_with_keys_says_how_to_get_one()
    {
        await using var rig = await RigAsync();
        var (code, _, error) = await RunAsync(rig, "claude-code", "--yes");
        code.ShouldBe(1);
        error.ShouldContain("dragoman keys create");
        (code, _, error) = await RunAsync(rig, "claude-code", "--yes", "--key", "wrong-key-123456");
        code.ShouldBe(1);
        error.ShouldContain("does not know this client key");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_gateway_the_client_is_pointed_there_all_the_same()
    {
        var (code, _, error) = await Program.RunAsync("connect", "codex", "--home", _home, "--url", "http://127.0.0.1:9", "--yes");
        code.ShouldBe(0);
        error.ShouldContain("no gateway answers");
        (code, _, error) = await Program.RunAsync("connect", "qwen", "--home", _home, "--url", "http://127.0.0.1:9", "--yes");
        code.ShouldBe(1);
        error.ShouldContain("--model");
    }

    [Fact]
    public async Task The_client_is_told_what_it_needs()
    {
        await using var rig = await RigAsync();
        foreach (var client in Clients) (await RunAsync(rig, client.Data, "--yes", "--key", Key, "--model", "chat-1", "--small-model", "claude-1")).Code.ShouldBe(0);
        var address = rig.Gateway.Address.ToString().TrimEnd('/');
        var claude = Json(".claude/settings.json")["env"]!;
        claude["ANTHROPIC_BASE_URL"]!.GetValue<string>().ShouldBe(address);
        claude["ANTHROPIC_AUTH_TOKEN"]!.GetValue<string>().ShouldBe(Key);
        claude["ANTHROPIC_MODEL"]!.GetValue<string>().ShouldBe("chat-1");
        claude["ANTHROPIC_DEFAULT_HAIKU_MODEL"]!.GetValue<string>().ShouldBe("claude-1");
        Files()[".codex/config.toml"].Text.ShouldBe($"""
            model = "chat-1"
            model_provider = "dragoman"

            [model_providers.dragoman]
            name = "Dragoman"
            base_url = "{address}/v1"
            wire_api = "responses"
            experimental_bearer_token = "{Key}"

            [memories]
            extract_model = "claude-1"
            consolidation_model = "chat-1"

            """);
        Files()[".gemini/.env"].Text.ShouldBe($"GOOGLE_GEMINI_BASE_URL={address}\nGEMINI_API_KEY={Key}\n");
        var overrides = Json(".gemini/settings.json")["modelConfigs"]!["customOverrides"]!.AsArray().ToDictionary(item => item!["match"]!["model"]!.GetValue<string>(), item => item!["modelConfig"]!["model"]!.GetValue<string>());
        (overrides["gemini-2.5-flash-lite"], overrides["gemini-3-flash-preview"], overrides["gemini-3-pro-preview"]).ShouldBe(("claude-1", "claude-1", "chat-1"), "what Gemini CLI asks for by itself goes to what is served");
        var open = Json(".config/opencode/opencode.json");
        open["provider"]!["dragoman"]!["models"]!.AsObject().Count.ShouldBe(5);
        open["small_model"]!.GetValue<string>().ShouldBe("dragoman/claude-1");
        var qwen = Json(".qwen/settings.json");
        qwen["modelProviders"]!["dragoman"]!.AsArray().Count.ShouldBe(5);
        qwen["model"]!["name"]!.GetValue<string>().ShouldBe("chat-1");

        (await RunAsync(rig, "codex", "--yes", "--key", Key, "--key-env", "MY_KEY")).Code.ShouldBe(0);
        Files()[".codex/config.toml"].Text.ShouldNotContain(Key);
        Files()[".codex/config.toml"].Text.ShouldContain("env_key = \"MY_KEY\"");
    }

    [Fact]
    public async Task Claude_code_is_told_the_limits_of_the_model_it_is_to_ask_for()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => $$"""
            api-keys: [ {{Key}} ]
            openai-compatibility:
              - name: far
                base-url: {{address}}/v1
                api-key-entries: [ { api-key: k } ]
                models: [ { name: far-1, max-context-length: 131072, max-output-tokens: 8192 }, { name: nobody-knows } ]

            """);
        (await RunAsync(rig, "claude-code", "--yes", "--key", Key, "--model", "far-1")).Code.ShouldBe(0);
        var env = Json(".claude/settings.json")["env"]!;
        env["CLAUDE_CODE_MAX_CONTEXT_TOKENS"]!.GetValue<string>().ShouldBe("131072");
        env["CLAUDE_CODE_MAX_OUTPUT_TOKENS"]!.GetValue<string>().ShouldBe("8192");
        // Of a model without known limits it is told none, not those of the one before.
        (await RunAsync(rig, "claude-code", "--yes", "--key", Key, "--model", "nobody-knows")).Code.ShouldBe(0);
        Json(".claude/settings.json")["env"]!["CLAUDE_CODE_MAX_CONTEXT_TOKENS"].ShouldBeNull();
        (await RunAsync(rig, "claude-code", "--undo", "--yes")).Code.ShouldBe(0);
        Files().ShouldBeEmpty();
    }

    private static Task<GatewayFixture> RigAsync() => GatewayFixture.StartWithAsync(address => $"api-keys: [ {Key} ]\n" + GatewayFixture.Everything(address));

    private Task<(int Code, string Out, string Error)> RunAsync(GatewayFixture rig, params string[] arguments)
        => Program.RunAsync([.. (string[])["connect", "--home", _home, "--url", rig.Gateway.Address.ToString()], .. arguments]);

    private void Settle(string name, string text)
    {
        var file = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_home, name)))!;

    private SortedDictionary<string, (string Text, UnixFileMode Mode)> Files()
        => new(Directory.EnumerateFiles(_home, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(_home, file), file => (File.ReadAllText(file), ModeOf(file))), StringComparer.Ordinal);

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file);
}
