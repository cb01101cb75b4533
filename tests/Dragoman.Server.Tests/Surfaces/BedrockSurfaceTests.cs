using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>The Bedrock gateways' HTTP surface: wire note kiro-and-bedrock.md D.0 and F.4.</summary>
[Trait("speed", "fast")]
public sealed class BedrockSurfaceTests
{
    [Fact]
    [Trait("check", "bedrock B1")]
    public async Task The_root_and_health_say_how_the_service_is()
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        var root = (await rig.SendAsync("GET", "/")).Json;
        root["status"]!.GetValue<string>().ShouldBe("ok");
        root["service"].ShouldNotBeNull();
        root["version"].ShouldNotBeNull();
        var health = await rig.SendAsync("GET", "/health");
        health.Status.ShouldBe(200);
        health.Body.ShouldBe("""{"status":"healthy","aws":"connected"}""");
    }

    [Fact]
    public async Task Without_AWS_health_says_nothing_of_it_and_with_an_AWS_that_is_away_it_says_so()
    {
        await using (var none = await SurfaceFixture.StartWithAsync("bedrock", address => $"claude-api-key: [ {{ name: claude, api-key: k, base-url: \"{address}\" }} ]\n"))
            (await none.SendAsync("GET", "/health")).Body.ShouldBe("""{"status":"healthy"}""");
        await using (var refused = await SurfaceFixture.StartWithAsync("bedrock", address => $"bedrock: [ {{ name: refused, region: us-east-1, endpoint: \"{address}\", api-key: invalid, models: [ {{ name: m, alias: m }} ] }} ]\n"))
        {
            var forbidden = await refused.SendAsync("GET", "/health");
            (forbidden.Status, forbidden.Json["status"]!.GetValue<string>(), forbidden.Json["error"]!.GetValue<string>().Length > 0).ShouldBe((200, "unhealthy", true), forbidden.Body);
        }

        await using var away = await SurfaceFixture.StartWithAsync("bedrock", _ => "bedrock: [ { name: away, region: us-east-1, endpoint: \"http://127.0.0.1:9\", api-key: k, models: [ { name: m, alias: m } ] } ]\n");
        var health = await away.SendAsync("GET", "/health");
        health.Status.ShouldBe(200);
        health.Json["status"]!.GetValue<string>().ShouldBe("unhealthy");
        health.Json["error"]!.GetValue<string>().ShouldStartWith("AWS cannot be reached");
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/api/v1/models")]
    public async Task Models_have_their_Bedrock_ids(string path)
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        var list = (await rig.SendAsync("GET", path)).Json;
        list["object"]!.GetValue<string>().ShouldBe("list");
        var nova = list["data"]!.AsArray().Single(model => model!["id"]!.GetValue<string>() == "amazon.nova-pro-v1:0")!;
        nova["object"]!.GetValue<string>().ShouldBe("model");
        nova["created"]!.GetValue<long>().ShouldBeGreaterThan(0);
        nova["owned_by"]!.GetValue<string>().ShouldBe("amazon");
        (await rig.SendAsync("GET", path + "/amazon.nova-pro-v1:0")).Json["id"]!.GetValue<string>().ShouldBe("amazon.nova-pro-v1:0");
        var unknown = await rig.SendAsync("GET", path + "/none");
        unknown.Status.ShouldBe(404);
        unknown.Json["detail"]!.GetValue<string>().ShouldBe("The model 'none' does not exist here.");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/api/v1/chat/completions")]
    public async Task Chat_is_answered_by_Bedrock_id_whole_and_streamed(string path)
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        var answer = await rig.SendAsync("POST", path, """{"model":"amazon.nova-pro-v1:0","messages":[{"role":"user","content":"Hello"}]}""");
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["object"]!.GetValue<string>().ShouldBe("chat.completion");
        answer.Json["model"]!.GetValue<string>().ShouldBe("amazon.nova-pro-v1:0");
        var stream = await rig.SendAsync("POST", path, """{"model":"nova-1","stream":true,"messages":[{"role":"user","content":"Hello"}]}""");
        stream.Body.ShouldEndWith("data: [DONE]\n\n");
    }

    [Theory]
    [InlineData("""{"model":"none","messages":[{"role":"user","content":"Hello"}]}""", 404)]
    [InlineData("""{"model":"nova-1","messages":[]}""", 400)]
    [InlineData("""{"model":"nova-1"}""", 400)]
    [InlineData("""{"model":"nova-1","max_tokens":0,"messages":[{"role":"user","content":"Hello"}]}""", 400)]
    [InlineData("""{"model":""", 400)]
    [InlineData("", 400)]
    [Trait("check", "bedrock B6")]
    public async Task Errors_of_chat_are_a_detail_and_never_a_500(string body, int status)
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        foreach (var path in (string[])["/v1/chat/completions", "/api/v1/chat/completions"])
        {
            var answer = await rig.SendAsync("POST", path, body);
            answer.Status.ShouldBe(status, answer.Body);
            answer.Json.AsObject().Select(member => member.Key).ShouldBe(["detail"]);
            answer.Json["detail"]!.GetValue<string>().ShouldNotBeEmpty();
            answer.Headers["content-length"].ShouldBe(System.Text.Encoding.UTF8.GetByteCount(answer.Body).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Clients_of_other_protocols_get_their_own_errors()
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        (await rig.SendAsync("POST", "/v1/messages", """{"model":"none","max_tokens":5,"messages":[{"role":"user","content":"Hello"}]}""")).Json["error"]!["type"]!.GetValue<string>().ShouldBe("not_found_error");
        (await rig.SendAsync("POST", "/model/none/converse", """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""")).Json["message"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Keys_are_asked_for_as_each_of_the_two_systems_does()
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock", "api-keys: [ sk-of-a-client ]\n");
        (await rig.SendAsync("GET", "/v1/models")).Status.ShouldBe(401);
        (await rig.SendAsync("GET", "/api/v1/models")).Status.ShouldBe(403);
        (await rig.SendAsync("POST", "/api/v1/chat/completions", "{}")).Status.ShouldBe(403);
        foreach (var path in (string[])["/v1/models", "/api/v1/models"])
        {
            var wrong = await rig.SendAsync("GET", path, null, ("Authorization", "Bearer wrong"));
            wrong.Status.ShouldBe(401);
            wrong.Json["detail"].ShouldNotBeNull();
            (await rig.SendAsync("GET", path, null, ("Authorization", "Bearer sk-of-a-client"))).Status.ShouldBe(200);
        }

        (await rig.SendAsync("GET", "/health")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task OpenAIs_names_stand_for_Claude_where_nothing_is_served_under_them()
    {
        const string Body = """{"model":"gpt-4","messages":[{"role":"user","content":"Hello"}]}""";
        await using var rig = await SurfaceFixture.StartWithAsync("bedrock", address => $"claude-api-key: [ {{ name: claude, api-key: k, base-url: \"{address}\", models: [ {{ name: claude-sonnet-4-5-20250929, alias: claude-sonnet-4-5-20250929 }} ] }} ]\n");
        var answer = await rig.SendAsync("POST", "/v1/chat/completions", Body);
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["model"]!.GetValue<string>().ShouldBe("gpt-4");
        // Where there is no such Claude, no guess is made of another model.
        await using var other = await SurfaceFixture.StartAsync("bedrock");
        var refused = await other.SendAsync("POST", "/v1/chat/completions", Body);
        refused.Status.ShouldBe(404);
        refused.Json["detail"]!.GetValue<string>().ShouldContain("gpt-4");
    }

    [Fact]
    public async Task Embeddings_are_refused_in_words()
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        foreach (var path in (string[])["/v1/embeddings", "/api/v1/embeddings"])
        {
            var answer = await rig.SendAsync("POST", path, """{"model":"amazon.titan-embed-text-v2:0","input":"x"}""");
            answer.Status.ShouldBe(404);
            answer.Json["detail"]!.GetValue<string>().ShouldContain("embeddings");
        }
    }

    [Fact]
    public async Task The_gateways_own_api_is_not_on_this_listener_and_this_surfaces_routes_do_not_take_its_place()
    {
        await using var rig = await SurfaceFixture.StartAsync("bedrock");
        (await rig.SendAsync("GET", "/api/v1/version")).Status.ShouldBe(404);
        using var own = await rig.Rig.GetAsync("/api/v1/models");
        JsonNode.Parse(await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["object"].ShouldBeNull();
        using var health = await rig.Rig.GetAsync("/health");
        JsonNode.Parse(await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["accounts"].ShouldNotBeNull();
    }
}
