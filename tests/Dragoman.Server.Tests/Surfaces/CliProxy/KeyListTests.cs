namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>Lists of keys over CLIProxyAPI's management (wire notes cliproxyapi 1.7, checks 54 to 59).</summary>
public sealed class KeyListTests
{
    private const string Ok = """{"status":"ok"}""";

    [Fact]
    [Trait("check", "cliproxy 54")]
    [Trait("check", "cliproxy 55")]
    public async Task Client_keys_in_every_spelling()
    {
        await using var rig = await CliProxyFixture.StartAsync("api-keys:\n  # of Ann\n  - k1\n  - k2\n");
        (await rig.SendAsync("GET", "/api-keys")).ShouldBe(200, """{"api-keys":["k1","k2"]}""");
        (await rig.SendAsync("PATCH", "/api-keys", """{"old":"nope","new":"k"}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", "/api-keys", """{"index":0,"value":"new"}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", "/api-keys", """{"old":"k2","new":"k9"}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", "/api-keys", """{"old":null,"new":"t"}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/api-keys")).ShouldBe(200, """{"api-keys":["new","k9","k","t"]}""");
        (await rig.FileAsync()).ShouldContain("  # of Ann\n  - new\n");
        (await rig.SendAsync("PATCH", "/api-keys", """{"index":7,"value":"x"}""")).ShouldBe(400, """{"error":"missing fields"}""");
        (await rig.SendAsync("PATCH", "/api-keys", "{}")).ShouldBe(400, """{"error":"missing fields"}""");
        (await rig.SendAsync("DELETE", "/api-keys?value=nope")).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/api-keys")).ShouldBe(400, """{"error":"missing index or value"}""");
        (await rig.SendAsync("DELETE", "/api-keys?index=9")).ShouldBe(400, """{"error":"missing index or value"}""");
        (await rig.SendAsync("DELETE", "/api-keys?index=0")).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/api-keys?value=k9")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/api-keys")).ShouldBe(200, """{"api-keys":["k","t"]}""");
        (await rig.SendAsync("PUT", "/api-keys", """{"items":["a","b"]}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/api-keys")).ShouldBe(200, """{"api-keys":["a","b"]}""");
        (await rig.SendAsync("PUT", "/api-keys", """{"items":[]}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", "/api-keys", """[1]""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", "/api-keys", "[]")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/api-keys")).ShouldBe(200, """{"api-keys":[]}""");
    }

    [Fact]
    public async Task A_client_key_holds_at_once()
    {
        await using var rig = await CliProxyFixture.StartAsync("api-keys: [ k1 ]\n");
        (await rig.AskAsync("GET", "/v1/models", null, ("Authorization", "Bearer fresh"))).Status.ShouldBe(401);
        await rig.SendAsync("PUT", "/api-keys", """["fresh"]""");
        (await rig.AskAsync("GET", "/v1/models", null, ("Authorization", "Bearer fresh"))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("gemini-api-key")]
    [InlineData("claude-api-key")]
    [InlineData("codex-api-key")]
    [InlineData("xai-api-key")]
    [InlineData("vertex-api-key")]
    [InlineData("interactions-api-key")]
    public async Task A_list_is_replaced_whole_with_members_that_nobody_knows(string list)
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.SendAsync("GET", "/" + list)).ShouldBe(200, $$"""{"{{list}}":[]}""");
        const string Entry = """{"api-key":"k-1","prefix":"/lab/","base-url":"https://up.example","headers":{"X-Tag":"a"," ":"x"},"models":[{"name":"m","alias":"fast","test-model":"t"}],"excluded-models":[" *-Preview ","*-preview"],"test-model":"t","weight":null,"auth-index":"9c1f0a2b3d4e5f60"}""";
        (await rig.SendAsync("PUT", "/" + list, $"[{Entry}]")).ShouldBe(200, Ok);
        var shown = (await rig.SendAsync("GET", "/" + list)).Json[list]!.AsArray().ShouldHaveSingleItem()!.AsObject();
        shown["auth-index"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{16}$");
        shown.Remove("auth-index");
        const string Kept = """{"api-key":"k-1","prefix":"lab","base-url":"https://up.example","headers":{"X-Tag":"a"},"models":[{"name":"m","alias":"fast","test-model":"t"}],"excluded-models":["*-preview"],"test-model":"t"}""";
        shown.ToJsonString().ShouldBe(Kept);
        (await rig.SendAsync("GET", "/config")).Json[list]!.ToJsonString().ShouldBe($"[{Kept}]", "what a panel reads, changes and puts back");
        (await rig.SendAsync("PUT", "/" + list, $$"""{"items":[{{Entry}}]}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PUT", "/" + list, """{"items":[]}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", "/" + list, """{"no":1}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PUT", "/" + list, "[]")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/" + list)).ShouldBe(200, $$"""{"{{list}}":[]}""");
    }

    [Fact]
    [Trait("check", "cliproxy 59")]
    public async Task An_entry_is_changed_field_by_field_and_what_stands_around_it_stays()
    {
        const string Text = "gemini-api-key:\n  # the lab's\n  - api-key: A # key\n    someday: kept\n  # the house's\n  - api-key: B\n    prefix: house\n";
        await using var rig = await CliProxyFixture.StartAsync(Text);
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":0,"value":{"prefix":"lab2","excluded-models":["gemini-2.5-*"],"weight":3,"models":[{"name":"x"}],"priority":9}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"match":"B","value":{"prefix":""}}""")).ShouldBe(200, Ok);
        var text = await rig.FileAsync();
        text.ShouldContain("  # the lab's\n  - api-key: A # key\n    someday: kept\n    prefix: lab2\n");
        text.ShouldContain("  # the house's\n  - api-key: B\n");
        text.ShouldNotContain("priority", Case.Sensitive);
        rig.Gateway.Config.Accounts.Select(account => (account.Prefix, account.Weight)).ShouldBe([("lab2", 3), (null, 1)]);
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":0,"value":{"weight":1.5}}""")).ShouldBe(400, """{"error":"weight must be an integer"}""");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":0,"value":{"disable-cooling":"yes"}}""")).ShouldBe(400, """{"error":"disable-cooling must be a boolean or null"}""");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":0,"value":{"weight":null}}""")).ShouldBe(200, Ok);
        (await rig.FileAsync()).ShouldNotContain("weight");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":0}""")).ShouldBe(400, """{"error":"invalid body"}""");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":9,"match":"none","value":{}}""")).ShouldBe(404, """{"error":"item not found"}""");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"index":1,"value":{"api-key":""}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/gemini-api-key")).Json["gemini-api-key"]!.AsArray().Count.ShouldBe(1, "an entry without key and address is none");
    }

    [Fact]
    [Trait("check", "cliproxy 56")]
    [Trait("check", "cliproxy 57")]
    public async Task Entries_are_removed_by_place_or_key_and_two_of_one_key_need_the_address()
    {
        const string Text = "gemini-api-key:\n  - api-key: A\n    base-url: https://one.example\n  - api-key: A\n  - api-key: B\nclaude-api-key:\n  - api-key: C\n";
        await using var rig = await CliProxyFixture.StartAsync(Text);
        (await rig.SendAsync("DELETE", "/gemini-api-key?api-key=nope")).ShouldBe(404, """{"error":"item not found"}""");
        (await rig.SendAsync("DELETE", "/claude-api-key?api-key=nope")).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/gemini-api-key?api-key=A")).ShouldBe(400, """{"error":"multiple items match api-key; base-url is required"}""");
        (await rig.SendAsync("PATCH", "/gemini-api-key", """{"match":"A","value":{"prefix":"x"}}""")).ShouldBe(400, """{"error":"multiple items match; index is required"}""");
        (await rig.SendAsync("GET", "/gemini-api-key")).Json["gemini-api-key"]!.AsArray().Count.ShouldBe(3);
        (await rig.SendAsync("DELETE", "/gemini-api-key?api-key=A&base-url=")).ShouldBe(200, Ok);
        (await rig.SendAsync("DELETE", "/gemini-api-key")).ShouldBe(400, """{"error":"missing api-key or index"}""");
        (await rig.SendAsync("DELETE", "/gemini-api-key?index=5")).ShouldBe(400, """{"error":"missing api-key or index"}""");
        (await rig.SendAsync("DELETE", "/gemini-api-key?index=1")).ShouldBe(200, Ok);
        (await rig.FileAsync()).ShouldEndWith("gemini-api-key:\n  - api-key: A\n    base-url: https://one.example\nclaude-api-key:\n  - api-key: C\n");
    }

    [Fact]
    [Trait("check", "cliproxy 58")]
    public async Task Some_entries_need_an_address_and_some_a_key()
    {
        await using var rig = await CliProxyFixture.StartAsync("codex-api-key:\n  - { api-key: K, base-url: \"https://c.example/v1\" }\n");
        (await rig.SendAsync("PATCH", "/codex-api-key", """{"index":0,"value":{"base-url":""}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/codex-api-key")).ShouldBe(200, """{"codex-api-key":[]}""");
        (await rig.SendAsync("PUT", "/codex-api-key", """[{"api-key":"a"},{"api-key":"b","base-url":"https://c.example/v1"}]""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", "/codex-api-key")).Json["codex-api-key"]!.AsArray().ShouldHaveSingleItem()!["api-key"]!.GetValue<string>().ShouldBe("b");
        (await rig.SendAsync("PUT", "/vertex-api-key", """[{"base-url":"https://v.example"}]""")).ShouldBe(400, """{"error":"vertex-api-key[0].api-key is required"}""");
        (await rig.SendAsync("PUT", "/claude-api-key", """[{"api-key":"k"}]""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", "/claude-api-key", """{"match":"k","value":{"fingerprint-profile":"other"}}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Upstreams_of_openais_protocols()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        const string Path = "/openai-compatibility";
        const string Entry = """{"name":"or","prefix":"p","disabled":false,"base-url":"https://or.example/v1","api-key-entries":[{"api-key":"k1","proxy-url":"direct","auth-index":"x"},{"api-key":"k2"}],"models":[{"name":"m","alias":"a","image":true}],"test-model":"m"}""";
        (await rig.SendAsync("PUT", Path, $$"""[{{Entry}},{"name":"none"}]""")).ShouldBe(200, Ok);
        var shown = (await rig.SendAsync("GET", Path)).Json["openai-compatibility"]!.AsArray().ShouldHaveSingleItem()!;
        shown["auth-index"].ShouldBeNull();
        var indexes = shown["api-key-entries"]!.AsArray().Select(key => key!["auth-index"]!.GetValue<string>()).ToList();
        indexes.ShouldAllBe(index => index.Length == 16);
        indexes.Distinct().Count().ShouldBe(2);
        shown["test-model"]!.GetValue<string>().ShouldBe("m");
        (await rig.SendAsync("PATCH", Path, """{"index":0,"value":{"disabled":true}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", Path)).Json["openai-compatibility"]![0]!["disabled"]!.GetValue<bool>().ShouldBeTrue();
        rig.Gateway.Config.Accounts.ShouldAllBe(account => !account.Enabled);
        (await rig.SendAsync("PATCH", Path, """{"name":"or","value":{"prefix":"q"}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", Path, """{"name":"none","value":{"prefix":"q"}}""")).ShouldBe(404, """{"error":"item not found"}""");
        (await rig.SendAsync("DELETE", Path)).ShouldBe(400, """{"error":"missing name or index"}""");
        (await rig.SendAsync("DELETE", Path + "?name=none")).ShouldBe(200, Ok);
        (await rig.SendAsync("PATCH", Path, """{"name":"or","value":{"api-key-entries":[]}}""")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", Path)).Json["openai-compatibility"]![0]!["auth-index"]!.GetValue<string>().Length.ShouldBe(16);
        (await rig.SendAsync("DELETE", Path + "?index=0")).ShouldBe(200, Ok);
        (await rig.SendAsync("GET", Path)).ShouldBe(200, """{"openai-compatibility":[]}""");
    }
}
