using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Surfaces.CliProxy;

namespace Dragoman.Server.Tests.Management;

/// <summary>What other systems have is taken over: the plan, the doing, and the second time.</summary>
public sealed class SystemImportTests
{
    private const string CliProxy = """
        # theirs
        host: ""
        port: 8317
        auth-dir: "~/.cli-proxy-api"
        api-keys:
          - sk-client-1
          - sk-client-2
        request-retry: 3
        routing:
          strategy: fill-first
        claude-api-key:
          - api-key: sk-ant-1
            models: [ { name: claude-sonnet-4-5, alias: sonnet } ]
            cloak: { mode: always }
          - api-key: sk-ant-2
        openai-compatibility:
          - name: openrouter
            base-url: https://openrouter.ai/api/v1
            api-key-entries: [ { api-key: sk-or-1 } ]
            models: [ { name: "moonshotai/kimi-k2", alias: kimi } ]
        plugins: { enabled: true }
        payload: { default: [] }
        remote-management: { disable-control-panel: false }
        something-new: 1
        """;

    private const string CodexFile = """{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":"a.eyJlbWFpbCI6ImFAYi5jIn0.c","access_token":"access-1","refresh_token":"refresh-1","account_id":"acc-1"},"last_refresh":"2026-11-01T00:00:00Z"}""";

    [Fact]
    public async Task CLIProxyAPIs_files_become_configuration_and_accounts_once()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        var before = await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken);
        var plan = await RunAsync(rig, "cliproxy", apply: false, ("config.yaml", CliProxy), ("codex-a@b.c.json", CodexFile));
        plan["applied"]!.GetValue<bool>().ShouldBeFalse();
        (await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken)).ShouldBe(before);
        Of(plan, "api-keys[1]").ShouldBe(("taken", "api-keys"));
        Of(plan, "port").Outcome.ShouldBe("kept");
        Of(plan, "routing.strategy").ShouldBe(("taken", "routing.strategy"));
        Of(plan, "claude-api-key[0]").ShouldBe(("taken", "claude-api-key"));
        Of(plan, "claude-api-key[0].cloak").Outcome.ShouldBe("not-supported");
        Of(plan, "something-new").Outcome.ShouldBe("not-supported");
        Of(plan, "plugins").Outcome.ShouldBe("not-supported");
        Of(plan, "auth-dir").Outcome.ShouldBe("not-supported");
        plan["findings"]!.AsArray().Select(one => one!["source"]!.GetValue<string>()).ShouldBeUnique();
        plan["findings"]!.AsArray().ShouldNotContain(one => one!["source"]!.GetValue<string>().StartsWith("payload", StringComparison.Ordinal));
        Of(plan, "codex-a@b.c.json").Outcome.ShouldBe("taken");

        var done = await RunAsync(rig, "cliproxy", apply: true, ("config.yaml", CliProxy), ("codex-a@b.c.json", CodexFile));
        done["applied"]!.GetValue<bool>().ShouldBeTrue();
        done["changes"]!.GetValue<int>().ShouldBe(plan["changes"]!.GetValue<int>());
        var text = await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken);
        text.ShouldStartWith("# the file of a house");
        text.ShouldContain("sk-ant-2");
        text.ShouldNotContain("something-new");
        (await rig.AskAsync("GET", "/v1/models", null, ("Authorization", "Bearer sk-client-2"))).Body.ShouldContain("\"kimi\"");
        var accounts = (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray();
        accounts.ShouldHaveSingleItem();

        var again = await RunAsync(rig, "cliproxy", apply: true, ("config.yaml", CliProxy), ("codex-a@b.c.json", CodexFile));
        again["changes"]!.GetValue<int>().ShouldBe(0);
        (await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken)).ShouldBe(text);
        Of(again, "claude-api-key[0]").Outcome.ShouldBe("already-here");
        Of(again, "codex-a@b.c.json").Outcome.ShouldBe("already-here");
    }

    [Fact]
    public async Task LiteLLMs_models_become_accounts_of_the_configuration()
    {
        const string Theirs = """
            model_list:
              - model_name: gpt-4o
                litellm_params: { model: openai/gpt-4o, api_key: os.environ/PATH, rpm: 60 }
              - model_name: sonnet
                litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: sk-ant }
              - model_name: haiku
                litellm_params: { model: anthropic/claude-haiku-4-5, api_key: sk-ant }
              - model_name: nova
                litellm_params: { model: bedrock/us-west-2/amazon.nova-pro-v1:0 }
              - model_name: fast
                litellm_params: { model: groq/llama-3.3-70b-versatile, api_key: sk-groq }
              - model_name: local
                litellm_params: { model: ollama_chat/qwen3, api_base: "http://127.0.0.1:11434" }
              - model_name: "openai/*"
                litellm_params: { model: "openai/*", api_key: sk-wild }
              - model_name: voice
                litellm_params: { model: elevenlabs/x, api_key: k }
              - model_name: later
                litellm_params: { model: openai/o3, api_key: os.environ/NOBODY_HAS_THIS }
            litellm_settings: { drop_params: true, num_retries: 2, fallbacks: [ { gpt-4o: [ sonnet ] } ] }
            router_settings: { routing_strategy: least-busy }
            general_settings: { master_key: sk-1234, database_url: "postgres://x" }
            """;
        await using var rig = await CliProxyFixture.StartAsync();
        var done = await RunAsync(rig, "litellm", apply: true, ("config.yaml", Theirs));
        Of(done, "model_list[7]").Outcome.ShouldBe("not-supported");
        Of(done, "general_settings.master_key").ShouldBe(("approximated", "api-keys"));
        Of(done, "general_settings.database_url").Outcome.ShouldBe("not-supported");
        Of(done, "router_settings.routing_strategy").ShouldBe(("approximated", "routing.strategy"));
        Of(done, "model_list[0].litellm_params.rpm").Outcome.ShouldBe("not-supported");
        var text = await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken);
        text.ShouldContain("${PATH}");
        // A variable that the gateway does not have would leave a configuration that cannot be used.
        Of(done, "model_list[8]").Outcome.ShouldBe("not-supported");
        text.ShouldNotContain("NOBODY_HAS_THIS");
        text.ShouldContain("region: us-west-2");
        text.ShouldContain("http://127.0.0.1:11434/v1");
        var config = (await rig.SendAsync("GET", "/config")).Json;
        config["claude-api-key"]!.AsArray().ShouldHaveSingleItem()!["models"]!.AsArray().Select(model => model!["alias"]!.GetValue<string>()).ShouldBe(["sonnet", "haiku"]);
        (await RunAsync(rig, "litellm", apply: true, ("config.yaml", Theirs)))["changes"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task The_providers_of_claude_code_router_become_accounts_of_the_configuration()
    {
        const string Theirs = """
            {
              // comments are theirs
              "APIKEY": "sk-ccr", "PORT": 3456, "PROXY_URL": "http://127.0.0.1:7890",
              "Providers": [
                { "name": "openrouter", "api_base_url": "https://openrouter.ai/api/v1/chat/completions", "api_key": "$PATH", "models": ["anthropic/claude-sonnet-4.5"], "transformer": { "use": ["openrouter"] } },
                { "name": "deepseek", "api_base_url": "https://api.deepseek.com/chat/completions", "api_key": "sk-ds", "models": ["deepseek-chat", "deepseek-reasoner"] },
                { "name": "gemini", "api_base_url": "https://generativelanguage.googleapis.com/v1beta/models/", "api_key": "g", "models": ["gemini-2.5-pro"] },
                { "name": "claude", "api_base_url": "https://api.anthropic.com/v1/messages", "api_key": "sk-ant", "models": ["claude-sonnet-4-5"] },
              ],
              "Router": { "default": "deepseek,deepseek-chat", "background": "deepseek,deepseek-chat", "longContextThreshold": 60000 }
            }
            """;
        await using var rig = await CliProxyFixture.StartAsync();
        var done = await RunAsync(rig, "claude-code-router", apply: true, ("config.json", Theirs));
        Of(done, "Providers[0]").ShouldBe(("taken", "openai-compatibility"));
        Of(done, "Providers[2]").ShouldBe(("taken", "gemini-api-key"));
        Of(done, "Providers[3]").ShouldBe(("taken", "claude-api-key"));
        Of(done, "Router.default").Outcome.ShouldBe("not-supported");
        done["findings"]!.AsArray().Single(one => one!["source"]!.GetValue<string>() == "Router.default")!["words"]!.GetValue<string>().ShouldContain("--model deepseek-chat");
        Of(done, "PROXY_URL").ShouldBe(("taken", "proxy-url"));
        Of(done, "APIKEY").ShouldBe(("taken", "api-keys"));
        Of(done, "PORT").Outcome.ShouldBe("kept");
        var text = await File.ReadAllTextAsync(rig.File, TestContext.Current.CancellationToken);
        text.ShouldContain("${PATH}");
        text.ShouldContain("https://api.deepseek.com");
        text.ShouldNotContain("chat/completions");
        (await RunAsync(rig, "claude-code-router", apply: true, ("config.json", Theirs)))["changes"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_Codex_to_Claude_proxys_logins_and_settings_are_taken()
    {
        const string Accounts = """{"accounts":[{"email":"a@b.c","accountId":"acc-1","planType":"plus","accessToken":"access-1","refreshToken":"refresh-1","idToken":"a.eyJlbWFpbCI6ImFAYi5jIn0.c","expiresAt":1790000000000,"addedAt":"2026-01-01T00:00:00.000Z","source":"oauth"}],"activeAccount":"a@b.c","version":1}""";
        await using var rig = await CliProxyFixture.StartAsync();
        var done = await RunAsync(rig, "codex-claude-proxy", apply: true, ("accounts.json", Accounts), ("settings.json", """{"haikuKiloModel":"x","accountStrategy":"sticky"}"""));
        Of(done, "accounts.json").Outcome.ShouldBe("taken");
        Of(done, "settings.json: accountStrategy").ShouldBe(("taken", "routing.strategy"));
        Of(done, "settings.json: haikuKiloModel").Outcome.ShouldBe("not-supported");
        (await RunAsync(rig, "codex-claude-proxy", apply: true, ("accounts.json", Accounts)))["changes"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_vendor_that_forbids_it_is_acknowledged_first()
    {
        const string Token = """{"accessToken":"aoaAAAA","refreshToken":"aorBBBB","expiresAt":"2027-01-01T00:00:00.000Z","authMethod":"social","provider":"Google","profileArn":"arn:aws:codewhisperer:us-east-1:1:profile/X","region":"us-east-1"}""";
        await using var rig = await CliProxyFixture.StartAsync();
        var refused = await RunAsync(rig, "kiro", apply: true, ("kiro-auth-token.json", Token), ("config.json", """{"accounts":[{"id":"1","name":"work","token_path":"~/x.json"}]}"""));
        Of(refused, "kiro-auth-token.json").Outcome.ShouldBe("not-supported");
        refused["findings"]!.AsArray().Single(one => one!["source"]!.GetValue<string>() == "kiro-auth-token.json")!["words"]!.GetValue<string>().ShouldContain("forbids");
        (await RunAsync(rig, "kiro", apply: false, acknowledged: true, ("kiro-auth-token.json", Token)))["changes"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("nothing", "config.yaml", "a: b", 404)]
    [InlineData("cliproxy", "config.yaml", "a: [", 400)]
    [InlineData("cliproxy", "readme.md", "hello", 400)]
    [InlineData("litellm", "config.yaml", "a: b", 400)]
    [InlineData("claude-code-router", "config.json", "{\"Providers\":[", 400)]
    [InlineData("antigravity", "accounts.json", "{", 400)]
    public async Task What_cannot_be_read_is_told(string system, string file, string text, int status)
    {
        await using var rig = await CliProxyFixture.StartAsync();
        var answer = await PostAsync(rig, system, apply: true, acknowledged: false, (file, text));
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json["error"]!["message"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task No_finding_repeats_a_secret()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        var plan = await PostAsync(rig, "cliproxy", apply: false, acknowledged: false, ("config.yaml", CliProxy), ("codex.json", CodexFile));
        foreach (var secret in (string[])["sk-client-1", "sk-ant-1", "sk-or-1", "refresh-1", "access-1"]) plan.Body.ShouldNotContain(secret);
    }

    private static (string Outcome, string? Target) Of(JsonNode view, string source)
    {
        var finding = view["findings"]!.AsArray().First(one => one!["source"]!.GetValue<string>() == source)!;
        return (finding["outcome"]!.GetValue<string>(), finding["target"]?.GetValue<string>());
    }

    private static Task<JsonNode> RunAsync(CliProxyFixture rig, string system, bool apply, params (string Name, string Text)[] files) => RunAsync(rig, system, apply, acknowledged: false, files);

    private static async Task<JsonNode> RunAsync(CliProxyFixture rig, string system, bool apply, bool acknowledged, params (string Name, string Text)[] files)
    {
        var answer = await PostAsync(rig, system, apply, acknowledged, files);
        answer.Status.ShouldBe(200, answer.Body);
        return answer.Json;
    }

    private static async Task<CliProxyAnswer> PostAsync(CliProxyFixture rig, string system, bool apply, bool acknowledged, params (string Name, string Text)[] files)
    {
        var body = new JsonObject { ["files"] = new JsonArray([.. files.Select(file => (JsonNode)new JsonObject { ["name"] = file.Name, ["text"] = file.Text })]), ["apply"] = apply, ["acknowledged"] = acknowledged };
        using var http = new HttpClient { BaseAddress = rig.Gateway.Address };
        using var answer = await http.PostAsync($"/api/v1/imports/{system}", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        if (apply) rig.Reload();
        return new CliProxyAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), new Dictionary<string, string>());
    }
}
