using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>How clients are pointed at the gateway, and the doing of it on its own machine.</summary>
public sealed class ClientTests : IDisposable
{
    private const string Key = "dg-secret-key-0123456789";
    private readonly string _root = Directory.CreateTempSubdirectory("dragoman-clients-").FullName;

    public static TheoryData<string> Writable => ["claude-code", "codex", "gemini", "opencode", "qwen"];

    private string Home => Path.Combine(_root, "home");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Every_client_has_texts_with_this_address_and_a_place_for_the_key()
    {
        await using var rig = await RigAsync();
        var list = (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "clients?model=chat-1")).Json!;
        var root = rig.Gateway.Address.ToString().TrimEnd('/');
        list.Text("base_url").ShouldBe(root);
        list["can_write"]!.GetValue<bool>().ShouldBeTrue();
        list.Text("user").ShouldBe(Environment.UserName);
        var clients = list["clients"]!.AsArray();
        clients.Select(client => client.Text("id")).ShouldBe(
            ["claude-code", "codex", "gemini", "opencode", "qwen", "cursor", "cline", "copilot-cli", "curl", "openai-python", "openai-js", "anthropic-python", "anthropic-js", "google-genai-python", "google-genai-js", "boto3", "vercel-ai-sdk"]);
        foreach (var client in clients)
        {
            var texts = string.Join('\n', client!["blocks"]!.AsArray().Select(block => block.Text("text")));
            texts.ShouldContain(root, Case.Sensitive, client.Text("id"));
            texts.ShouldContain("$DRAGOMAN_KEY", Case.Sensitive, client.Text("id"));
            texts.ShouldContain("chat-1", Case.Sensitive, client.Text("id"));
            client.Text("homepage").ShouldStartWith("https://");
            client.Text("connected").ShouldBe("no");
            (client["files"]!.AsArray().Count > 0).ShouldBe(client["writes_files"]!.GetValue<bool>());
        }

        list.ToJsonString().ShouldNotContain(Key);
    }

    [Fact]
    public async Task Address_model_and_placeholder_can_be_chosen_and_nothing_else_gets_in()
    {
        await using var rig = await RigAsync();
        var (_, list) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "clients?base_url=https%3A%2F%2Fgateway.example%2Fllm&model=claude-1&key_name=TEAM_KEY");
        var text = string.Join('\n', list!["clients"]!.AsArray().SelectMany(client => client!["blocks"]!.AsArray()).Select(block => block.Text("text")));
        text.ShouldContain("https://gateway.example/llm/v1");
        text.ShouldContain("$TEAM_KEY");
        text.ShouldNotContain("DRAGOMAN_KEY");
        text.ShouldNotContain("127.0.0.1");
        foreach (var bad in (string[])["base_url=javascript:x", "base_url=https://a.example/%24(id)", "base_url=https://u:p@a.example", "base_url=nothing", "model=%24(id)", "model=a'b", "model=a%20b", "key_name=A;B", "key_name=9"])
            (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "clients?" + bad)).Status.ShouldBe(400, bad);
    }

    [Theory, MemberData(nameof(Writable))]
    public async Task What_was_shown_is_done_and_taken_back_byte_for_byte(string client)
    {
        await using var rig = await RigAsync();
        Settle(".claude/settings.json", "{\n    \"permissions\": { \"allow\": [\"Read\"] }\n}");
        Settle(".codex/config.toml", "# mine\nmodel = \"gpt-5\" # best\n");
        Settle(".gemini/.env", "GEMINI_API_KEY=mine-1234567890\nOTHER=1");
        Settle(".config/opencode/opencode.jsonc", "{\n\t// comments\n\t\"model\": \"a/b\", // mine\n}\n");
        var before = Files();
        var shown = await AskAsync(rig, client, "connect", $$"""{"key":"{{Key}}","model":"chat-1"}""");
        shown["applied"]!.GetValue<bool>().ShouldBeFalse();
        shown["files"]!.AsArray().Select(file => file.Text("diff")).ShouldContain(diff => diff.Contains("+++ ", StringComparison.Ordinal));
        shown.ToJsonString().ShouldNotContain(Key);
        shown.ToJsonString().ShouldNotContain("mine-1234567890");
        Files().ShouldBe(before, "a look changes nothing");

        var digest = shown.Text("digest");
        var done = await AskAsync(rig, client, "connect", $$"""{"key":"{{Key}}","model":"chat-1","apply":true,"digest":"{{digest}}"}""");
        done["applied"]!.GetValue<bool>().ShouldBeTrue();
        var written = Files();
        written.Values.Count(text => text.Contains(Key, StringComparison.Ordinal)).ShouldBe(1);
        written.Values.ShouldContain(text => text.Contains(rig.Gateway.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        (await StateAsync(rig, client)).ShouldBe("yes");

        // A file that was changed in between: what was shown is not what would be done.
        var undo = await AskAsync(rig, client, "disconnect", "{}");
        var path = undo["files"]!.AsArray().First(file => file.Text("diff").Length > 0).Text("path");
        var old = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, old + "\n");
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"clients/{client}/disconnect", $$"""{"apply":true,"digest":"{{undo.Text("digest")}}"}""")).Status.ShouldBe(409);
        (await StateAsync(rig, client)).ShouldBe("other");
        await File.WriteAllTextAsync(path, old);

        var back = await AskAsync(rig, client, "disconnect", $$"""{"apply":true,"digest":"{{undo.Text("digest")}}"}""");
        back["applied"]!.GetValue<bool>().ShouldBeTrue();
        Files().ShouldBe(before);
        (await StateAsync(rig, client)).ShouldBe("no");
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"clients/{client}/disconnect", "{}")).Json!["error"].Text("code").ShouldBe("not_connected");
        var audit = (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "audit")).Json!["entries"]!.AsArray().Select(entry => $"{entry.Text("action")} {entry.Text("target")}").ToList();
        audit.ShouldBe([$"client.disconnect {client}", $"client.connect {client}"]);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_and_nothing_is_written()
    {
        await using var rig = await RigAsync();
        Directory.CreateDirectory(Home);
        foreach (var (client, body, status, code) in ((string, string, int, string)[])
        [
            ("nothing", "{}", 404, "not_found"), ("cursor", "{}", 409, "not_writable"), ("codex", "{}", 400, "missing_required_parameter"), ("codex", """{"key":"wrong-key"}""", 400, "invalid_value"),
            ("codex", $$"""{"key":"{{Key}}","apply":true}""", 400, "missing_required_parameter"), ("codex", $$"""{"key":"{{Key}}","apply":true,"digest":"00"}""", 409, "digest_mismatch"),
        ])
        {
            var (got, answer) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"clients/{client}/connect", body);
            (got, answer!["error"].Text("code")).ShouldBe((status, code), $"{client} {body}");
        }

        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_callers_on_the_gateways_own_machine_have_files_changed()
    {
        await using var rig = await RigAsync("remote-management: { allow-remote: true, secret-key: s3cret-of-the-house, hosts: [ gateway.example ] }\n");
        Directory.CreateDirectory(Home);
        // What a proxy passes on comes from elsewhere.
        (string, string)[] remote = [("X-Forwarded-For", "192.0.2.9"), ("Authorization", "Bearer s3cret-of-the-house")];
        using (var list = await rig.GetAsync("/api/v1/clients", remote))
        {
            var json = await list.JsonAsync();
            json["can_write"]!.GetValue<bool>().ShouldBeFalse();
            json.Text("reason").ShouldNotBeEmpty();
            json["clients"]![0]!["files"]![0]!.GetValue<string>().ShouldBe("~/.claude/settings.json");
            json.ToJsonString().ShouldNotContain(Home);
        }

        using var refused = await rig.PostAsync("/api/v1/clients/codex/connect", $$"""{"key":"{{Key}}"}""", remote);
        ((int)refused.StatusCode).ShouldBe(403);
        (await refused.JsonAsync())["error"].Text("code").ShouldBe("user_files_are_local");
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_port_is_the_sockets_whatever_the_request_says()
    {
        await using var rig = await RigAsync();
        Directory.CreateDirectory(Home);
        using var answer = await rig.PostAsync("/api/v1/clients/claude-code/connect", $$"""{"key":"{{Key}}"}""", ("Host", "localhost:9"));
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        text.ShouldContain($"http://localhost:{rig.Gateway.Address.Port}");
    }

    private Task<GatewayFixture> RigAsync(string more = "")
    {
        Directory.CreateDirectory(Home);
        return GatewayFixture.StartWithAsync(address => $"api-keys: [ {Key} ]\n{more}" + GatewayFixture.Everything(address), Home, Path.Combine(_root, "data"));
    }

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, string client, string what, string body)
    {
        var (status, json) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, $"clients/{client}/{what}", body);
        status.ShouldBe(200, json?.ToJsonString());
        return json!;
    }

    private static async Task<string> StateAsync(GatewayFixture rig, string client)
        => (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "clients")).Json!["clients"]!.AsArray().Single(one => one.Text("id") == client).Text("connected");

    private void Settle(string name, string text)
    {
        var path = Path.Combine(Home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private SortedDictionary<string, string> Files()
        => new(Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(Home, file), File.ReadAllText), StringComparer.Ordinal);
}
