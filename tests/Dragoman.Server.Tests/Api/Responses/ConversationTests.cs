using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

public sealed class ConversationTests
{
    [Fact]
    public async Task It_is_made_changed_and_forgotten()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, made) = await stage.PostAsync("/v1/conversations", new { metadata = new { topic = "demo" }, items = new[] { new { type = "message", role = "user", content = "hello" } } });
        status.ShouldBe(200);
        var id = ResponsesFixture.Text(made, "id")!;
        id.ShouldStartWith("conv_");
        ResponsesFixture.Text(made, "object").ShouldBe("conversation");
        ResponsesFixture.Text(made, "metadata", "topic").ShouldBe("demo");
        var (_, changed) = await stage.PostAsync($"/v1/conversations/{id}", new { metadata = new { topic = "new" } });
        ResponsesFixture.Text(changed, "metadata", "topic").ShouldBe("new");
        var (_, added) = await stage.PostAsync($"/conversations/{id}/items", new { items = new[] { new { role = "user", content = "more" } } });
        ResponsesFixture.Text(added, "data", 0, "content", 0, "text").ShouldBe("more");
        var (_, list) = await stage.GetAsync($"/v1/conversations/{id}/items?order=asc");
        list["data"]!.AsArray().Select(item => ResponsesFixture.Text(item, "content", 0, "text")).ShouldBe(["hello", "more"]);
        var item = ResponsesFixture.Text(list, "last_id")!;
        ResponsesFixture.Text((await stage.GetAsync($"/v1/conversations/{id}/items/{item}")).Json, "content", 0, "text").ShouldBe("more");
        var (removed, left) = await stage.SendAsync(HttpMethod.Delete, $"/v1/conversations/{id}/items/{item}");
        removed.ShouldBe(200);
        ResponsesFixture.Text(left, "object").ShouldBe("conversation");
        (await stage.GetAsync($"/v1/conversations/{id}/items/{item}")).Status.ShouldBe(404);
        var (_, gone) = await stage.SendAsync(HttpMethod.Delete, $"/v1/conversations/{id}");
        gone.ToJsonString().ShouldBe($$"""{"id":"{{id}}","object":"conversation.deleted","deleted":true}""");
        (await stage.GetAsync($"/v1/conversations/{id}")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turns_are_added_to_it(bool store)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var id = ResponsesFixture.Text((await stage.PostAsync("/v1/conversations", "{}")).Json, "id")!;
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:alpha", conversation = id, store });
        ResponsesFixture.Text(one, "conversation", "id").ShouldBe(id);
        var two = await stage.CreateAsync(new { model = ResponsesFixture.Chat, input = "say:beta", conversation = new { id }, store });
        ResponsesFixture.Said(two).ShouldBe("beta");
        stage.LastRequest().Text.ShouldContain("say:alpha");
        var (_, list) = await stage.GetAsync($"/v1/conversations/{id}/items?order=asc");
        list["data"]!.AsArray().Select(item => ResponsesFixture.Text(item, "content", 0, "text")).ShouldBe(["say:alpha", "alpha", "say:beta", "beta"]);
        stage.NothingRefused();
    }

    [Fact]
    public async Task An_unknown_one_is_not_found_and_another_keys_one_neither()
    {
        await using var stage = await ResponsesFixture.OpenAsync("api-keys: [mine, yours]");
        using var mine = stage.ClientOf("mine");
        using var yours = stage.ClientOf("yours");
        var id = ResponsesFixture.Text((await stage.PostAsync("/v1/conversations", "{}", mine)).Json, "id")!;
        (await stage.GetAsync($"/v1/conversations/{id}", yours)).Status.ShouldBe(404);
        var (status, error) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", conversation = id }, yours);
        status.ShouldBe(404);
        ResponsesFixture.Text(error, "error", "message").ShouldBe($"Conversation with id '{id}' not found.");
        (await stage.PostAsync("/v1/conversations", new { items = Enumerable.Repeat(new { role = "user", content = "x" }, 21) }, mine)).Status.ShouldBe(400);
    }
}
