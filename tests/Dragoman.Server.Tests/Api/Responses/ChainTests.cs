using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>What is kept, and what is continued: acceptance checks 46 to 50.</summary>
[Trait("speed", "fast")]
public sealed class ChainTests
{
    [Theory]
    [InlineData(ResponsesFixture.Claude, ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt, ResponsesFixture.Gpt)]
    [InlineData(ResponsesFixture.Gpt, ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Claude, ResponsesFixture.Chat)]
    [Trait("check", "responses 46")]
    public async Task A_follow_up_brings_all_turns_before_it_in_order(string first, string then)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var one = await stage.CreateAsync(new { model = first, input = "say:alpha", instructions = "Only the first turn is told this." });
        var two = await stage.CreateAsync(new { model = then, input = "say:beta", previous_response_id = ResponsesFixture.Text(one, "id") });
        var three = await stage.CreateAsync(new { model = then, input = new[] { new { role = "user", content = "say:gamma" } }, previous_response_id = ResponsesFixture.Text(two, "id") });
        ResponsesFixture.Said(three).ShouldBe("gamma");
        ResponsesFixture.Text(three, "previous_response_id").ShouldBe(ResponsesFixture.Text(two, "id"));
        ((bool)three["store"]!).ShouldBeTrue();
        var seen = stage.LastRequest().Text;
        var places = new[] { "say:alpha", "\"alpha\"", "say:beta", "\"beta\"", "say:gamma" }.Select(text => seen.IndexOf(text, StringComparison.Ordinal)).ToArray();
        places.ShouldAllBe(place => place > 0, seen);
        places.ShouldBeInOrder();
        seen.ShouldNotContain("Only the first turn is told this.");
        seen.ShouldNotContain("previous_response_id");
        stage.NothingRefused();
    }

    [Fact]
    public async Task A_call_and_its_output_meet_again()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var tools = new[] { new { type = "function", name = "weather", parameters = new { type = "object", properties = new { city = new { type = "string" } } } } };
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "call:weather {\"city\":\"Rome\"}", tools });
        var call = one["output"]!.AsArray().Single(item => ResponsesFixture.Text(item, "type") == "function_call")!;
        var two = await stage.CreateAsync(new
        {
            model = ResponsesFixture.Claude,
            tools,
            previous_response_id = ResponsesFixture.Text(one, "id"),
            input = new[] { new { type = "function_call_output", call_id = ResponsesFixture.Text(call, "call_id"), output = "sunny" } },
        });
        ResponsesFixture.Said(two).ShouldContain("weather answered: sunny");
        stage.NothingRefused();
    }

    [Fact]
    [Trait("check", "responses 47")]
    public async Task An_unknown_response_cannot_be_continued()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, json) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", previous_response_id = "resp_nobody" });
        status.ShouldBe(400);
        ResponsesFixture.Text(json, "error", "code").ShouldBe("previous_response_not_found");
        ResponsesFixture.Text(json, "error", "message").ShouldBe("Previous response with id 'resp_nobody' not found.");
        ResponsesFixture.Text(json, "error", "type").ShouldBe("invalid_request_error");
        stage.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_only_a_responses_upstream_can_know_is_asked_there()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, json) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Gpt, input = "hi", previous_response_id = "resp_elsewhere" });
        status.ShouldBe(400);
        ResponsesFixture.Text(json, "error", "code").ShouldBe("previous_response_not_found");
        ResponsesFixture.Text(stage.LastRequest().Json, "previous_response_id").ShouldBe("resp_elsewhere");
    }

    [Fact]
    public async Task A_response_and_a_conversation_exclude_each_other()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, json) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", previous_response_id = "resp_a", conversation = "conv_a" });
        status.ShouldBe(400);
        ResponsesFixture.Text(json, "error", "code").ShouldBe("mutually_exclusive_parameters");
    }

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/responses")]
    [InlineData("/v1/v1/responses")]
    [InlineData("/backend-api/codex/responses")]
    [Trait("check", "responses 48")]
    public async Task What_is_kept_can_be_asked_for_and_forgotten(string prefix)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (created, response) = await stage.PostAsync(prefix + "?beta=true", new { model = ResponsesFixture.Claude, input = new[] { new { role = "user", content = "first" }, new { role = "user", content = "second" } } });
        created.ShouldBe(200);
        var id = ResponsesFixture.Text(response, "id")!;
        var (status, again) = await stage.GetAsync($"{prefix}/{id}");
        status.ShouldBe(200);
        JsonNode.DeepEquals(again, response).ShouldBeTrue();

        var (listed, list) = await stage.GetAsync($"{prefix}/{id}/input_items");
        listed.ShouldBe(200);
        ResponsesFixture.Text(list, "object").ShouldBe("list");
        list["data"]!.AsArray().Select(item => ResponsesFixture.Text(item, "content", 0, "text")).ShouldBe(["second", "first"]);
        ((bool)list["has_more"]!).ShouldBeFalse();
        ResponsesFixture.Text(list, "first_id").ShouldBe(ResponsesFixture.Text(list, "data", 0, "id"));

        var (_, page) = await stage.GetAsync($"{prefix}/{id}/input_items?limit=1&order=asc");
        ((bool)page["has_more"]!).ShouldBeTrue();
        ResponsesFixture.Text(page, "data", 0, "content", 0, "text").ShouldBe("first");
        var (_, next) = await stage.GetAsync($"{prefix}/{id}/input_items?limit=1&order=asc&after={ResponsesFixture.Text(page, "last_id")}");
        ResponsesFixture.Text(next, "data", 0, "content", 0, "text").ShouldBe("second");

        var (deleted, gone) = await stage.SendAsync(HttpMethod.Delete, $"{prefix}/{id}");
        deleted.ShouldBe(200);
        gone.ToJsonString().ShouldBe($$"""{"id":"{{id}}","object":"response","deleted":true}""");
        var (missing, error) = await stage.GetAsync($"{prefix}/{id}");
        missing.ShouldBe(404);
        error.ToJsonString().ShouldBe($$$"""{"error":{"message":"Response with id \u0027{{{id}}}\u0027 not found.","type":"invalid_request_error","param":null,"code":null}}""");
    }

    [Fact]
    public async Task Input_of_the_whole_chain_is_listed()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:alpha" });
        var two = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:beta", previous_response_id = ResponsesFixture.Text(one, "id") });
        var (_, list) = await stage.GetAsync($"/v1/responses/{ResponsesFixture.Text(two, "id")}/input_items?order=asc");
        list["data"]!.AsArray().Select(item => ResponsesFixture.Text(item, "content", 0, "text")).ShouldBe(["say:alpha", "alpha", "say:beta"]);
    }

    [Fact]
    [Trait("check", "responses 49")]
    public async Task What_is_not_to_be_stored_is_not()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var response = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "hi", store = false });
        ((bool)response["store"]!).ShouldBeFalse();
        var (status, _) = await stage.GetAsync($"/v1/responses/{ResponsesFixture.Text(response, "id")}");
        status.ShouldBe(404);
    }

    [Fact]
    [Trait("check", "responses 50")]
    public async Task Another_key_finds_nothing()
    {
        await using var stage = await ResponsesFixture.OpenAsync("api-keys: [mine, yours]");
        using var mine = stage.ClientOf("mine");
        using var yours = stage.ClientOf("yours");
        var response = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "hi" }, mine);
        var path = $"/v1/responses/{ResponsesFixture.Text(response, "id")}";
        (await stage.GetAsync(path, mine)).Status.ShouldBe(200);
        (await stage.GetAsync(path, yours)).Status.ShouldBe(404);
        (await stage.GetAsync(path + "/input_items", yours)).Status.ShouldBe(404);
        (await stage.SendAsync(HttpMethod.Delete, path, yours)).Status.ShouldBe(404);
        (await stage.GetAsync(path)).Status.ShouldBe(401);
        var (status, error) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", previous_response_id = ResponsesFixture.Text(response, "id") }, yours);
        status.ShouldBe(400);
        ResponsesFixture.Text(error, "error", "code").ShouldBe("previous_response_not_found");
    }

    [Fact]
    public async Task An_item_is_found_by_its_reference()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:alpha" });
        var item = ResponsesFixture.Text(one, "output", 0, "id")!;
        var two = await stage.CreateAsync(new
        {
            model = ResponsesFixture.Claude,
            input = new object[] { new { role = "user", content = "say:alpha" }, new { type = "item_reference", id = item }, new { role = "user", content = "say:beta" } },
        });
        ResponsesFixture.Said(two).ShouldBe("beta");
        stage.LastRequest().Text.ShouldContain("\"alpha\"");
        stage.NothingRefused();
        var (status, error) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = new object[] { new { type = "item_reference", id = "msg_nobody" } } });
        status.ShouldBe(404);
        ResponsesFixture.Text(error, "error", "message").ShouldBe("Item with id 'msg_nobody' not found.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("check", "responses 52")]
    public async Task The_events_of_a_kept_response_can_be_replayed(bool streamed)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        JsonNode final;
        if (streamed) final = (await stage.StreamAsync(new { model = ResponsesFixture.Claude, input = "words:5", stream = true }))[^1]["response"]!;
        else final = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "words:5" });
        var path = $"/v1/responses/{ResponsesFixture.Text(final, "id")}?stream=true";
        var all = await stage.StreamAsync(path);
        all.Select(data => (int)data["sequence_number"]!).ShouldBe(Enumerable.Range(0, all.Count));
        ResponsesFixture.Text(all[0], "type").ShouldBe("response.created");
        ResponsesFixture.Text(all[^1], "type").ShouldBe("response.completed");
        JsonNode.DeepEquals(all[^1]["response"], final).ShouldBeTrue();
        string.Concat(all.Where(data => ResponsesFixture.Text(data, "type") == "response.output_text.delta").Select(data => ResponsesFixture.Text(data, "delta"))).ShouldBe(ResponsesFixture.Said(final));
        var rest = await stage.StreamAsync(path + "&starting_after=3");
        ((int)rest[0]["sequence_number"]!).ShouldBe(4);
        rest.Count.ShouldBe(all.Count - 4);
    }
}
