using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>What clients of the surface <c>codex</c> get: wire note codex-and-antigravity.md A.12 to A.16, G.1 24 to 40; surface-clients.md 2.</summary>
public sealed class CodexClientTests
{
    [Theory]
    [InlineData("/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":8,"messages":[{"role":"user","content":"ping"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"ping"}]}""")]
    [Trait("check", "codex 24")]
    public async Task Without_an_account_it_is_an_authentication_error(string path, string body)
    {
        await using var rig = await CodexFixture.StartAsync(CodexFixture.Kilo);
        var answer = await rig.SendAsync("POST", path, body);
        answer.Status.ShouldBe(401);
        (answer.Json["type"]!.GetValue<string>(), answer.Json["error"]!["type"]!.GetValue<string>(), answer.Json["error"]!["message"]!.GetValue<string>()).ShouldBe(("error", "authentication_error", "No active account with valid credentials"));
    }

    [Fact]
    [Trait("check", "codex 25")]
    [Trait("check", "codex 26")]
    public async Task Haiku_needs_no_account_but_the_lanes_and_answers_bear_its_name()
    {
        await using var rig = await CodexFixture.StartAsync(CodexFixture.Kilo);
        foreach (var model in (string[])["claude-haiku-4-5", "claude-haiku-4", "haiku", "claude-3-haiku-20240307"])
        {
            var answer = await rig.SendAsync("POST", "/v1/messages", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"say:hello"}]}""");
            answer.Status.ShouldBe(200, answer.Body);
            (answer.Json["type"]!.GetValue<string>(), answer.Json["model"]!.GetValue<string>(), answer.Json["content"]![0]!["text"]!.GetValue<string>()).ShouldBe(("message", model, "hello"));
            answer.Headers["content-type"].ShouldStartWith("application/json", customMessage: "it streams only where that is asked for");
        }

        Sent(rig, "/kilo").ShouldAllBe(body => body["model"]!.GetValue<string>() == "minimax/minimax-m2.5:free");
        await rig.SendAsync("POST", "/settings/haiku-model", """{"haikuKiloModel":"kimi-k2.5"}""");
        var chat = await rig.SendAsync("POST", "/v1/chat/completions", """{"model":"claude-haiku-4","messages":[{"role":"user","content":"say:hello"}]}""");
        (chat.Status, chat.Json["object"]!.GetValue<string>(), chat.Json["model"]!.GetValue<string>()).ShouldBe((200, "chat.completion", "claude-haiku-4"), chat.Body);
        Sent(rig, "/kilo").Last()["model"]!.GetValue<string>().ShouldBe("moonshotai/kimi-k2.5:free");
    }

    [Theory]
    [InlineData("claude-sonnet-4-6", "gpt-5.2")]
    [InlineData("claude-sonnet-4-6-1m", "gpt-5.2")]
    [InlineData("claude-sonnet-4-6[1m]", "gpt-5.2")]
    [InlineData("sonnet", "gpt-5.2")]
    [InlineData("gpt-5.2", "gpt-5.2")]
    [InlineData("gpt-5.5", "gpt-5.5")]
    [InlineData("something-else", "gpt-5.2")]
    [InlineData(null, "gpt-5.2")]
    public async Task Names_stand_for_OpenAIs_models_and_answers_bear_the_name_that_was_asked(string? asked, string expected)
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("ada");
        var name = asked is null ? "" : $"\"model\":\"{asked}\",";
        var answer = await rig.SendAsync("POST", "/v1/messages", $$"""{{{name}}"messages":[{"role":"user","content":"say:hello"}]}""");
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["model"]!.GetValue<string>().ShouldBe(asked ?? "gpt-5.2");
        var sent = Sent(rig, "/chatgpt/backend-api/codex/responses").Last();
        sent["model"]!.GetValue<string>().ShouldBe(expected);
        (sent["store"]!.GetValue<bool>(), sent["stream"]!.GetValue<bool>(), sent["max_output_tokens"], sent["metadata"]).ShouldBe((false, true, null, null));
        var chat = await rig.SendAsync("POST", "/v1/chat/completions", $$"""{{{name}}"messages":[{"role":"user","content":"say:hello"}]}""");
        (chat.Status, chat.Json["model"]!.GetValue<string>()).ShouldBe((200, asked ?? "gpt-5.2"), chat.Body);
    }

    [Fact]
    public async Task A_model_that_the_vendor_has_retired_is_answered_by_the_newest()
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("ada");
        var answer = await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-opus-4-6","messages":[{"role":"user","content":"say:hello"}]}""");
        (answer.Status, answer.Json["model"]!.GetValue<string>()).ShouldBe((200, "claude-opus-4-6"), answer.Body);
        var asked = Sent(rig, "/chatgpt/backend-api/codex/responses").Select(body => body["model"]!.GetValue<string>()).ToList();
        asked[0].ShouldBe("gpt-5.3-codex");
        asked[^1].ShouldNotBe("gpt-5.3-codex");
    }

    [Fact]
    [Trait("check", "codex 27")]
    [Trait("check", "codex 37")]
    [Trait("check", "codex 38")]
    public async Task A_stream_of_messages_ends_in_done_and_a_failed_one_does_not()
    {
        await using var rig = await CodexFixture.StartAsync(CodexFixture.Kilo);
        await rig.SignInAsync("ada");
        foreach (var model in (string[])["claude-sonnet-4-6", "claude-haiku-4-5"])
        {
            var stream = await rig.SendAsync("POST", "/v1/messages", $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"say:hello there, how are you"}]}""");
            stream.Headers["content-type"].ShouldStartWith("text/event-stream");
            stream.Body.ShouldEndWith("data: [DONE]\n\n");
            stream.Body.Split("data: [DONE]").Length.ShouldBe(2, "once");
            stream.Body.ShouldContain($"\"model\":\"{model}\"");
            var frames = stream.Body.TrimEnd().Split("\n\n");
            frames[^2].ShouldStartWith("event: message_stop");
        }

        var chat = await rig.SendAsync("POST", "/v1/chat/completions", """{"model":"claude-sonnet-4-6","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"say:hello"}]}""");
        chat.Body.ShouldEndWith("data: [DONE]\n\n");
        chat.Body.Split("data: [DONE]").Length.ShouldBe(2);
        chat.Body.ShouldContain("\"choices\":[],");
    }

    [Fact]
    public async Task Limits_are_told_with_the_wait()
    {
        await using var rig = await CodexFixture.StartAsync();
        await rig.SignInAsync("ada");
        await rig.VendorAsync("usage?account=acct-ada&primary=100");
        var limited = await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"say:hello"}]}""");
        limited.Status.ShouldBe(429, limited.Body);
        var error = limited.Json["error"]!;
        (limited.Json["type"]!.GetValue<string>(), error["type"]!.GetValue<string>()).ShouldBe(("error", "rate_limit_error"));
        error["message"]!.GetValue<string>().ShouldStartWith("RESOURCE_EXHAUSTED:");
        error["resetSeconds"]!.GetValue<long>().ShouldBeGreaterThan(0);
        error["resetMs"]!.GetValue<long>().ShouldBeGreaterThan(0);
        limited.Headers["retry-after"].ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("check", "codex 39")]
    public async Task Tokens_are_counted_without_any_account()
    {
        await using var rig = await CodexFixture.StartAsync();
        var counted = await rig.SendAsync("POST", "/v1/messages/count_tokens", """{"system":"hello","messages":[{"role":"user","content":"world"}],"tools":[{"name":"t","description":"d","input_schema":{"type":"object"}}]}""");
        (counted.Status, counted.Json["input_tokens"]!.GetValue<int>() > 0, counted.Json.AsObject().Count).ShouldBe((200, true, 1), counted.Body);
        var wrong = await rig.SendAsync("POST", "/v1/messages/count_tokens", "{");
        (wrong.Status, wrong.Json["error"]!["type"]!.GetValue<string>()).ShouldBe((400, "invalid_request_error"));
    }

    [Fact]
    [Trait("check", "codex 40")]
    public async Task The_list_of_models_serves_both_kinds_of_clients()
    {
        await using var rig = await CodexFixture.StartAsync();
        Ids(await rig.SendAsync("GET", "/v1/models")).ShouldBe([
            "gpt-5.3-codex", "gpt-5.2-codex", "gpt-5.1-codex", "gpt-5.2", "claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-6-1m", "claude-sonnet-4-6-1m", "claude-opus-4-5", "claude-sonnet-4-5"]);
        await rig.SignInAsync("ada");
        var list = await rig.SendAsync("GET", "/v1/models", null, ("anthropic-version", "2023-06-01"));
        var (json, ids) = (list.Json, Ids(list));
        foreach (var id in (string[])["gpt-5.5", "claude-opus-4-6", "claude-haiku-4-5"]) ids.ShouldContain(id);
        (json["object"]!.GetValue<string>(), json["has_more"]!.GetValue<bool>(), json["first_id"]!.GetValue<string>(), json["last_id"]!.GetValue<string>()).ShouldBe(("list", false, ids[0], ids[^1]));
        foreach (var model in json["data"]!.AsArray())
        {
            (model!["object"]!.GetValue<string>(), model["type"]!.GetValue<string>()).ShouldBe(("model", "model"));
            model["created"]!.GetValue<long>().ShouldBeGreaterThan(0);
            foreach (var name in (string[])["owned_by", "description", "display_name", "created_at"]) model[name]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task On_other_listeners_names_stay_what_they_are()
    {
        await using var rig = await CodexFixture.StartAsync(CodexFixture.Kilo);
        using var own = await rig.Rig.PostAsync("/v1/messages", """{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"say:hello"}]}""");
        ((int)own.StatusCode).ShouldBe(400, "max_tokens is required there");
    }

    private static List<string> Ids(SurfaceReply list) => [.. list.Json["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>())];

    private static IEnumerable<JsonObject> Sent(SurfaceFixture rig, string target) => rig.Rig.Upstream.Requests.Where(request => request.Target.StartsWith(target, StringComparison.Ordinal) && request.Text.StartsWith('{')).Select(request => JsonNode.Parse(request.Text)!.AsObject());
}
