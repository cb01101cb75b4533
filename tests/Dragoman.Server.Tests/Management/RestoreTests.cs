using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>What was removed by mistake comes back as it was; what an edit form shows can be read and changed.</summary>
public sealed class RestoreTests
{
    [Fact]
    public async Task A_removed_account_comes_back_with_its_credential_and_settings()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var upstream = rig.Upstream.Address.ToString().TrimEnd('/');
        var made = await AskAsync(rig, 201, HttpMethod.Post, "accounts", $$"""{"provider":"openai","label":"mine","credential":{"api_key":"key-of-mine"},"settings":{"base-url":"{{upstream}}/v1","models":[{"name":"chat-1","alias":"own-1"}]},"tags":["home"],"priority":3}""");
        var id = made.Text("id");
        await AskAsync(rig, 204, HttpMethod.Delete, $"accounts/{id}");
        await AskAsync(rig, 404, HttpMethod.Get, $"accounts/{id}");
        using (var gone = await rig.PostAsync("/v1/chat/completions", Talk.Chat("own-1"))) ((int)gone.StatusCode).ShouldBe(404);
        var back = await AskAsync(rig, 200, HttpMethod.Post, $"accounts/{id}/restore");
        (back.Text("label"), back.Number("priority"), back["settings"]!["models"]![0].Text("alias")).ShouldBe(("mine", 3, "own-1"));
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("own-1", "say:back"));
        (await answer.TextAsync()).ShouldContain("back");
        (await AskAsync(rig, 404, HttpMethod.Post, $"accounts/{id}/restore"))["error"].Text("message").ShouldContain("10 minutes");
        await AskAsync(rig, 204, HttpMethod.Delete, $"accounts/{id}");
        await AskAsync(rig, 201, HttpMethod.Post, "accounts", $$"""{"provider":"openai","label":"mine","credential":{"api_key":"another-key"},"settings":{"base-url":"{{upstream}}/v1"} }""");
        (await AskAsync(rig, 409, HttpMethod.Post, $"accounts/{id}/restore"))["error"].Text("code").ShouldBe("account_exists");
        await AskAsync(rig, 404, HttpMethod.Post, "accounts/nothing/restore");
    }

    [Fact]
    public async Task A_removed_key_comes_back_and_is_taken_again()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ another ]\n");
        var made = await AskAsync(rig, 201, HttpMethod.Post, "keys", """{"name":"laptop","requests_per_minute":8}""");
        var (id, key) = (made.Text("id"), made.Text("key"));
        await AskAsync(rig, 204, HttpMethod.Delete, $"keys/{id}");
        using (var refused = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), ("x-api-key", key))) ((int)refused.StatusCode).ShouldBe(401);
        var back = await AskAsync(rig, 200, HttpMethod.Post, $"keys/{id}/restore");
        (back.Text("name"), back.Number("requests_per_minute"), back["key"]).ShouldBe(("laptop", 8, null));
        using (var taken = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), ("x-api-key", key))) ((int)taken.StatusCode).ShouldBe(200);
        await AskAsync(rig, 404, HttpMethod.Post, $"keys/{id}/restore");
        await AskAsync(rig, 204, HttpMethod.Delete, $"keys/{id}");
        await AskAsync(rig, 201, HttpMethod.Post, "keys", """{"name":"laptop"}""");
        await AskAsync(rig, 409, HttpMethod.Post, $"keys/{id}/restore");
    }

    [Fact]
    public async Task All_that_a_form_shows_of_an_account_can_be_changed_and_read_again()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var made = await AskAsync(rig, 201, HttpMethod.Post, "accounts", """{"provider":"openai","label":"mine","credential":{"api_key":"key-one-of-mine"},"settings":{"base-url":"http://127.0.0.1:1/v1"}}""");
        var id = made.Text("id");
        made["settings"].Text("base-url").ShouldBe("http://127.0.0.1:1/v1");
        var changed = await AskAsync(rig, 200, HttpMethod.Patch, $"accounts/{id}", $$"""
            {"label":"renamed","enabled":false,"priority":5,"weight":2,"concurrency":4,"tags":["a","b"],"proxy":"http://user:hidden-word@127.0.0.1:9","version":{{made.Number("version")}},
             "models":[{"name":"m-1","alias":"one"},{"name":"m-2","alias":"two"}],
             "settings":{"prefix":"lab","headers":{"x-team":"secret-team"},"excluded-models":["m-9"],"wire-api":"responses"} }
            """);
        var shown = await AskAsync(rig, 200, HttpMethod.Get, $"accounts/{id}");
        foreach (var view in (JsonNode[])[changed, shown])
        {
            (view.Text("label"), view["enabled"]!.GetValue<bool>(), view.Number("priority"), view.Number("weight"), view.Number("concurrency")).ShouldBe(("renamed", false, 5, 2, 4));
            (view.Text("prefix"), view["headers"]![0]!.GetValue<string>(), view["excluded_models"]![0]!.GetValue<string>(), view.Text("protocol")).ShouldBe(("lab", "x-team", "m-9", "openai-responses"));
            view["models"]!.AsArray().Select(model => model.Text("alias")).ShouldBe(["one", "two"]);
            view["settings"]!["models"]!.AsArray().Count.ShouldBe(2);
            (view["settings"].Text("prefix"), view["settings"].Text("wire-api")).ShouldBe(("lab", "responses"));
            foreach (var secret in (string[])["secret-team", "hidden-word", "key-one-of-mine"]) view.ToJsonString().ShouldNotContain(secret);
        }

        (await AskAsync(rig, 200, HttpMethod.Patch, $"accounts/{id}", """{"settings":{"prefix":null}}"""))["settings"]!["prefix"].ShouldBeNull();
        (await AskAsync(rig, 200, HttpMethod.Get, "accounts"))["accounts"]!.AsArray().Where(account => account.Text("origin") == "config").ShouldAllBe(account => account!["settings"] == null);
    }

    [Fact]
    public async Task Settings_take_lists_and_maps_whole_and_by_place()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-nested-").FullName;
        try
        {
            var file = Path.Combine(folder, "config.yaml");
            await File.WriteAllTextAsync(file, """
                # mine
                openai-compatibility:
                  - name: up # the first
                    base-url: http://127.0.0.1:1/v1
                    api-key-entries: [ { api-key: k } ]
                    models: [ m-1 ]
                """);
            await using var gateway = await Dragoman.Server.Hosting.GatewayHost.StartAsync(new() { ConfigFile = file, Port = 0, HomeFolder = GatewayFixture.NoHome, LogLevel = Microsoft.Extensions.Logging.LogLevel.None });
            using var http = new HttpClient { BaseAddress = gateway.Address };
            var (status, answer) = await FlowFixture.AskAsync(http, HttpMethod.Patch, "settings", """
                {"routing.strategy":"fill-first","routing.fallbacks":{"m-1":["m-2","m-3"]},"openai-compatibility[0].models":[{"name":"m-1","alias":"one"},{"name":"m-2","alias":"two"}],"api-keys[+]":"new-key-of-a-client"}
                """);
            status.ShouldBe(200, answer?.ToJsonString());
            var text = await File.ReadAllTextAsync(file);
            text.ShouldContain("# mine");
            text.ShouldContain("# the first");
            gateway.Config.Routing.Strategy.ToString().ShouldBe("FillFirst");
            gateway.Router.VisibleModels().Select(model => model.Id).Order().ShouldBe(["one", "two"]);
            (await FlowFixture.AskAsync(http, HttpMethod.Patch, "settings", """{"routing.fallbacks.m-1":["m-4"],"openai-compatibility[0].models[1]":null}""")).Status.ShouldBe(200);
            (await File.ReadAllTextAsync(file)).ShouldContain("m-4");
            gateway.Router.VisibleModels().Select(model => model.Id).ShouldBe(["one"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, int expected, HttpMethod method, string path, string? body = null)
    {
        var (status, json) = await FlowFixture.AskAsync(rig.Http, method, path, body);
        status.ShouldBe(expected, json?.ToJsonString());
        return json ?? new JsonObject();
    }
}
