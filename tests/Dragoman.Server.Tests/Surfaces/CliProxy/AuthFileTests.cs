using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Credential files over CLIProxyAPI's management (wire notes cliproxyapi 1.12, checks 64 to 66): what is written is an account of the store.</summary>
public sealed class AuthFileTests
{
    private const string Ok = """{"status":"ok"}""";

    private static string Codex(string email, string more = "") => $$"""{"type":"codex","email":"{{email}}","access_token":"{{Jwt(email)}}","refresh_token":"rt-{{email}}","expired":"2030-01-01T00:00:00Z"{{more}}}""";

    [Fact]
    public async Task A_file_is_uploaded_listed_downloaded_and_removed()
    {
        await using var rig = await StartAsync();
        (await rig.SendAsync("GET", "/auth-files")).ShouldBe(200, """{"files":[]}""");
        (await UploadAsync(rig, ("mine.json", Codex("ann@house.example", ",\"note\":\"spare\",\"priority\":\"5\",\"someday\":{\"kept\":1},\"prefix\":\"lab\"")))).ShouldBe(200, Ok);
        var file = (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        foreach (var name in (string[])["id", "auth_index", "name", "type", "provider", "label", "status", "status_message", "disabled", "unavailable", "runtime_only", "source", "size", "path", "email", "account_type", "account", "created_at", "modtime", "updated_at", "last_refresh", "success", "failed", "recent_requests", "priority", "weight", "note"])
            file[name].ShouldNotBeNull(name);
        file["name"]!.GetValue<string>().ShouldBe("mine.json");
        (file["type"]!.GetValue<string>(), file["email"]!.GetValue<string>(), file["status"]!.GetValue<string>(), file["account_type"]!.GetValue<string>()).ShouldBe(("codex", "ann@house.example", "active", "oauth"));
        (file["priority"]!.GetValue<int>(), file["weight"]!.GetValue<int>(), file["success"]!.GetValue<int>(), file["failed"]!.GetValue<int>(), file["note"]!.GetValue<string>()).ShouldBe((5, 1, 0, 0, "spare"));
        file["recent_requests"]!.AsArray().Count.ShouldBe(20);
        file["id_token"]!["chatgpt_account_id"]!.GetValue<string>().ShouldBe("ws-ann@house.example");
        file.ToJsonString().ShouldNotContain("rt-ann");
        file.ToJsonString().ShouldNotContain(Jwt("ann@house.example"));
        (await rig.SendAsync("GET", $"/auth-files?auth_index={file["auth_index"]}")).Json["files"]!.AsArray().Count.ShouldBe(1);
        (await rig.SendAsync("GET", "/auth-files?name=other.json")).Json["files"]!.AsArray().ShouldBeEmpty();

        var download = await rig.SendAsync("GET", "/auth-files/download?name=mine.json");
        download.Status.ShouldBe(200);
        download.Headers["Content-Type"].ShouldBe("application/json");
        download.Headers["Content-Disposition"].ShouldContain("mine.json");
        var content = download.Json.AsObject();
        (content["type"]!.GetValue<string>(), content["access_token"]!.GetValue<string>(), content["refresh_token"]!.GetValue<string>()).ShouldBe(("codex", Jwt("ann@house.example"), "rt-ann@house.example"));
        (content["note"]!.GetValue<string>(), content["prefix"]!.GetValue<string>(), content["priority"]!.GetValue<int>(), content["someday"]!["kept"]!.GetValue<int>()).ShouldBe(("spare", "lab", 5, 1));
        // What was downloaded can be uploaded again, and is the same account.
        (await rig.SendAsync("POST", "/auth-files?name=mine.json", download.Body)).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().Count.ShouldBe(1);
        (await rig.SendAsync("DELETE", "/auth-files?name=mine.json")).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/auth-files?name=mine.json")).ShouldBe(404, """{"error":"auth file not found"}""");
        (await rig.SendAsync("GET", "/auth-files")).ShouldBe(200, """{"files":[]}""");
    }

    [Fact]
    [Trait("check", "cliproxy 64")]
    public async Task Several_files_at_once_and_what_is_none_harms_nothing()
    {
        await using var rig = await StartAsync();
        (await UploadAsync(rig)).ShouldBe(400, """{"error":"no files uploaded"}""");
        (await UploadAsync(rig, ("b.txt", "{}"))).ShouldBe(400, """{"error":"file must be .json"}""");
        (await UploadAsync(rig, ("a.json", Codex("a@x.example")), ("b.txt", "x"))).ShouldBe(207, """{"status":"partial","uploaded":1,"files":["a.json"],"failed":[{"name":"b.txt","error":"file must be .json"}]}""");
        (await UploadAsync(rig, ("c.json", Codex("c@x.example")), ("d.json", Codex("d@x.example")))).ShouldBe(200, """{"status":"ok","uploaded":2,"files":["c.json","d.json"]}""");
        (await UploadAsync(rig, ("a.json", "{ no json"))).Status.ShouldBe(400);
        (await rig.SendAsync("POST", "/auth-files?name=a.json", "[]")).Status.ShouldBe(400);
        (await rig.SendAsync("POST", "/auth-files", Codex("e@x.example"))).ShouldBe(400, """{"error":"no files uploaded"}""");
        (await rig.SendAsync("GET", "/auth-files/download?name=a.json")).Json["email"]!.GetValue<string>().ShouldBe("a@x.example", "the file that was there is untouched");
        (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().Select(file => file!["name"]!.GetValue<string>()).ShouldBe(["a.json", "c.json", "d.json"]);
        (await rig.SendAsync("DELETE", "/auth-files", """{"names":["a.json","none.json"]}""")).Status.ShouldBe(207);
        (await rig.SendAsync("DELETE", "/auth-files", """["c.json"]""")).ShouldBe(200, Ok);
        (await UploadAsync(rig, ("c.json", Codex("c@x.example")))).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/auth-files", """{"names":["c.json","d.json"]}""")).ShouldBe(200, """{"status":"ok","deleted":2,"files":["c.json","d.json"]}""");
        await UploadAsync(rig, ("c.json", Codex("c@x.example")));
        (await rig.SendAsync("DELETE", "/auth-files?all=true")).ShouldBe(200, """{"status":"ok","deleted":1}""");
        (await rig.SendAsync("DELETE", "/auth-files")).ShouldBe(400, """{"error":"invalid name"}""");
    }

    [Theory]
    [InlineData("../x.json", "invalid name")]
    [InlineData("a%5Cb.json", "invalid name")]
    [InlineData("x.txt", "name must end with .json")]
    [InlineData("", "invalid name")]
    [Trait("check", "cliproxy 65")]
    public async Task Names_are_names(string name, string error)
    {
        await using var rig = await StartAsync();
        (await rig.SendAsync("GET", $"/auth-files/download?name={name}")).ShouldBe(400, $$"""{"error":"{{error}}"}""");
        (await rig.SendAsync("GET", "/auth-files/download?name=none.json")).ShouldBe(404, """{"error":"file not found"}""");
    }

    [Fact]
    [Trait("check", "cliproxy 66")]
    public async Task Members_are_changed_in_either_spelling_and_headers_are_merged()
    {
        await using var rig = await StartAsync();
        await UploadAsync(rig, ("a.json", Codex("a@x.example", ",\"headers\":{\"X-A\":\"1\",\"X-B\":\"2\"}")));
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"name":"a.json","headers":{"X-B":"","X-C":"3"},"prefix":"lab","excluded-models":["gpt-5-*"],"disable_cooling":true,"weight":3,"note":"x","websockets":true,"quota.plan":"x"}""")).ShouldBe(200, Ok);
        var file = (await rig.SendAsync("GET", "/auth-files/download?name=a.json")).Json;
        file["headers"]!.ToJsonString().ShouldBe("""{"X-A":"1","X-C":"3"}""");
        (file["prefix"]!.GetValue<string>(), file["excluded_models"]![0]!.GetValue<string>(), file["disable_cooling"]!.GetValue<bool>(), file["weight"]!.GetValue<int>()).ShouldBe(("lab", "gpt-5-*", true, 3));
        (file["note"]!.GetValue<string>(), file["websockets"]!.GetValue<bool>(), file["quota"]!["plan"]!.GetValue<string>()).ShouldBe(("x", true, "x"));
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"name":"a.json","weight":null,"prefix":"","expired":"2020-01-01T00:00:00Z"}""")).ShouldBe(200, Ok);
        file = (await rig.SendAsync("GET", "/auth-files/download?name=a.json")).Json;
        file["weight"].ShouldBeNull();
        file["prefix"].ShouldBeNull();
        file["expired"]!.GetValue<string>().ShouldBe("2020-01-01T00:00:00Z", "the next use renews it");
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"name":"a.json"}""")).ShouldBe(400, """{"error":"no fields to update"}""");
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"prefix":"x"}""")).ShouldBe(400, """{"error":"name is required"}""");
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"name":"a.json","weight":1.5}""")).ShouldBe(400, """{"error":"weight must be an integer"}""");
        (await rig.SendAsync("PATCH", "/auth-files/fields", """{"name":"none.json","prefix":"x"}""")).ShouldBe(404, """{"error":"auth file not found"}""");
    }

    [Fact]
    public async Task A_file_is_disabled_and_a_key_of_the_configuration_excludes_everything()
    {
        await using var rig = await StartAsync("claude-api-key:\n  - { api-key: k, base-url: \"https://up.example\", excluded-models: [ a ] }\n");
        await UploadAsync(rig, ("a.json", Codex("a@x.example")));
        (await rig.SendAsync("PATCH", "/auth-files/status", """{"name":"a.json","disabled":true}""")).ShouldBe(200, """{"status":"ok","disabled":true}""");
        var file = (await rig.SendAsync("GET", "/auth-files")).Json["files"]![0]!;
        (file["status"]!.GetValue<string>(), file["disabled"]!.GetValue<bool>()).ShouldBe(("disabled", true));
        (await rig.SendAsync("GET", "/auth-files/download?name=a.json")).Json["disabled"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.SendAsync("PATCH", "/auth-files/status", """{"name":"a.json","disabled":false}""")).ShouldBe(200, """{"status":"ok","disabled":false}""");
        (await rig.SendAsync("PATCH", "/auth-files/status", """{"disabled":true}""")).ShouldBe(400, """{"error":"name is required"}""");
        (await rig.SendAsync("PATCH", "/auth-files/status", """{"name":"a.json"}""")).ShouldBe(400, """{"error":"disabled is required"}""");
        (await rig.SendAsync("PATCH", "/auth-files/status", """{"name":"none.json","disabled":true}""")).ShouldBe(404, """{"error":"auth file not found"}""");
        var index = (await rig.SendAsync("GET", "/claude-api-key")).Json["claude-api-key"]![0]!["auth-index"]!.GetValue<string>();
        (await rig.SendAsync("PATCH", "/auth-files/status", $$"""{"name":"claude","auth_index":"{{index}}","disabled":true}""")).ShouldBe(200, """{"status":"ok","disabled":true,"via":"config:excluded-models","excluded_pattern":"*"}""");
        rig.Gateway.Config.Accounts.Single(account => account.Label == "claude").ExcludedModels.ShouldBe(["a", "*"]);
        (await rig.SendAsync("PATCH", "/auth-files/status", $$"""{"name":"claude","auth_index":"{{index}}","disabled":false}""")).Status.ShouldBe(200);
        rig.Gateway.Config.Accounts.Single(account => account.Label == "claude").ExcludedModels.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_vendor_that_forbids_it_is_shown_once_and_who_does_it_again_has_read_it()
    {
        await using var rig = await StartAsync();
        const string File = """{"type":"claude","email":"c@x.example","access_token":"at","refresh_token":"rt","expired":"2030-01-01T00:00:00Z"}""";
        var first = await UploadAsync(rig, ("claude-c@x.example.json", File));
        first.Status.ShouldBe(409);
        first.Json["error"]!.GetValue<string>().ShouldContain("Anthropic's terms");
        (await rig.SendAsync("GET", "/auth-files")).ShouldBe(200, """{"files":[]}""");
        var second = await UploadAsync(rig, ("claude-c@x.example.json", File));
        second.ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/auth-files")).Json["files"]![0]!["type"]!.GetValue<string>().ShouldBe("claude");
    }

    [Fact]
    public async Task What_a_file_serves_and_what_channels_have()
    {
        await using var rig = await StartAsync();
        await UploadAsync(rig, ("a.json", Codex("a@x.example")));
        var models = (await rig.SendAsync("GET", "/auth-files/models?name=a.json")).Json["models"]!.AsArray();
        models.ShouldNotBeEmpty();
        foreach (var name in (string[])["id", "display_name", "type", "owned_by"]) models[0]![name].ShouldNotBeNull(name);
        (await rig.SendAsync("GET", "/auth-files/models?name=none.json")).ShouldBe(200, """{"models":[]}""");
        (await rig.SendAsync("GET", "/auth-files/models")).ShouldBe(400, """{"error":"name is required"}""");
        foreach (var channel in (string[])["claude", "gemini", "gemini-interactions", "vertex", "aistudio", "codex", "kimi", "antigravity", "xai", "x-ai", "grok", "gemini-cli", "kiro", "github-copilot"])
        {
            var definitions = await rig.SendAsync("GET", $"/model-definitions/{channel}");
            definitions.Status.ShouldBe(200, channel);
            definitions.Json["channel"]!.GetValue<string>().ShouldBe(channel);
            var defined = definitions.Json["models"]!.AsArray();
            if (channel is "claude" or "gemini" or "gemini-interactions" or "aistudio" or "vertex" or "codex") defined.Count.ShouldBeGreaterThan(0, channel);
            foreach (var name in (string[])["id", "object", "created", "owned_by", "type", "display_name"])
                if (defined.Count > 0) defined[0]![name].ShouldNotBeNull($"{channel} {name}");
        }

        foreach (var ended in (string[])["qwen", "iflow"]) (await rig.SendAsync("GET", $"/model-definitions/{ended}")).ShouldBe(200, $$"""{"channel":"{{ended}}","models":[]}""");
        (await rig.SendAsync("GET", "/model-definitions/none")).ShouldBe(400, """{"error":"unknown channel","channel":"none"}""");
        var index = (await rig.SendAsync("GET", "/auth-files")).Json["files"]![0]!["auth_index"]!.GetValue<string>();
        (await rig.SendAsync("POST", "/reset-quota", $$"""{"auth_index":"{{index}}"}""")).ShouldBe(200, $$"""{"status":"ok","auth_index":"{{index}}","models":[]}""");
        (await rig.SendAsync("POST", "/reset-quota", "{}")).Status.ShouldBe(400);
        (await rig.SendAsync("POST", "/reset-quota", """{"auth_index":"a.json"}""")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task The_key_of_a_service_account_is_checked_before_anything_is_asked()
    {
        await using var rig = await StartAsync();
        async Task<CliProxyAnswer> ImportAsync(string? content)
        {
            var form = new MultipartFormDataContent();
            if (content is not null) form.Add(new StringContent(content), "file", "key.json");
            else form.Add(new StringContent("x"), "location");
            return await rig.AskAsync("POST", "/v0/management/vertex/import", form, ("X-Management-Key", CliProxyFixture.Secret));
        }

        (await ImportAsync(null)).ShouldBe(400, """{"error":"file required"}""");
        (await ImportAsync("no json")).ShouldBe(400, """{"error":"invalid json"}""");
        (await ImportAsync("{}")).ShouldBe(400, """{"error":"invalid service account"}""");
        (await ImportAsync("""{"client_email":"sa@p.iam","private_key":"-----BEGIN PRIVATE KEY-----"}""")).ShouldBe(400, """{"error":"project_id missing"}""");
    }

    [Fact]
    public async Task The_key_of_a_service_account_becomes_an_account_that_answers()
    {
        await using var rig = await CliProxyFixture.StartWithAsync(address => $"providers: {{ vertex: {{ token-url: '{address}/vertex/token', base-url: '{address}/vertex' }} }}\n");
        using var http = new HttpClient();
        var key = await http.GetStringAsync(new Uri(rig.Upstream.Address, "/vertex/_key/my-project"));
        var form = new MultipartFormDataContent { { new StringContent(key), "file", "key.json" }, { new StringContent("europe-west4"), "location" } };

        var imported = await rig.AskAsync("POST", "/v0/management/vertex/import", form, ("X-Management-Key", CliProxyFixture.Secret));

        imported.ShouldBe(200, """{"status":"ok","auth-file":"vertex-my-project.json","project_id":"my-project","email":"gateway@my-project.iam.gserviceaccount.com","location":"europe-west4"}""");
        var file = (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().ShouldHaveSingleItem()!;
        (file["name"]!.GetValue<string>(), file["type"]!.GetValue<string>(), file["project_id"]!.GetValue<string>(), file["email"]!.GetValue<string>()).ShouldBe(("vertex-my-project.json", "vertex", "my-project", "gateway@my-project.iam.gserviceaccount.com"));
        imported.Body.ShouldNotContain("PRIVATE KEY");
        var answer = await rig.AskAsync("POST", "/v1beta/models/gemini-2.5-flash:generateContent", new StringContent("""{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""", Encoding.UTF8, "application/json"));
        answer.Status.ShouldBe(200, answer.Body);
        answer.Headers["x-dragoman-provider"].ShouldBe("vertex");
    }

    /// <summary>A gateway whose vendors are emulated ones.</summary>
    internal static Task<CliProxyFixture> StartAsync(string more = "") => CliProxyFixture.StartWithAsync(address => $$"""
        providers:
          chatgpt:
            auth-url: {{address}}/chatgpt/auth
            base-url: {{address}}/chatgpt/backend-api/codex
          claude-subscription:
            base-url: {{address}}
        {{more}}
        """);

    internal static async Task<CliProxyAnswer> UploadAsync(CliProxyFixture rig, params (string Name, string Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, content) in files) form.Add(new StringContent(content, Encoding.UTF8, "application/json"), "file", name);
        if (files.Length == 0) form.Add(new StringContent("x"), "other");
        return await rig.AskAsync("POST", "/v0/management/auth-files", form, ("X-Management-Key", CliProxyFixture.Secret));
    }

    private static string Jwt(string email)
    {
        var claims = new JsonObject { ["email"] = email, ["https://api.openai.com/auth"] = new JsonObject { ["chatgpt_account_id"] = $"ws-{email}", ["chatgpt_plan_type"] = "plus", ["chatgpt_user_id"] = $"user-{email}" } };
        return $"{Part("""{"alg":"none"}""")}.{Part(claims.ToJsonString())}.sig";

        static string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
