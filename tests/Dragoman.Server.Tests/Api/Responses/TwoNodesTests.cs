using System.Text;
using System.Text.Json.Nodes;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>Two gateways on one PostgreSQL: the same conversations and the same background responses.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private readonly PostgresPlace _place = new();
    private readonly TempFolder _folder = new();
    private ResponsesFixture _one = null!;
    private ResponsesFixture _two = null!;

    private string Store => $"store: {{ postgres: \"{_place.Address}\", patience-seconds: 120 }}";

    public async ValueTask InitializeAsync()
    {
        await _place.PrepareAsync();
        _one = await ResponsesFixture.OpenAsync(Store);
        _two = await ResponsesFixture.OpenAsync(Store);
    }

    public async ValueTask DisposeAsync()
    {
        if (_one is not null) await _one.DisposeAsync();
        if (_two is not null) await _two.DisposeAsync();
        await _place.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_both_add_to_a_conversation_at_once_is_in_it_in_one_order()
    {
        var (_, made) = await _one.PostAsync("/v1/conversations", "{}");
        var id = ResponsesFixture.Text(made, "id")!;
        // Items by their own endpoint, and turns that end on both nodes at the same time.
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async number =>
        {
            var node = number % 2 == 0 ? _one : _two;
            if (number % 4 < 2)
            {
                var (status, added) = await node.PostAsync($"/v1/conversations/{id}/items", new { items = new[] { new { role = "user", content = $"item {number}" }, new { role = "user", content = $"second {number}" } } });
                status.ShouldBe(200, added.ToJsonString());
            }
            else await node.CreateAsync(new { model = ResponsesFixture.Chat, input = $"say:turn {number}", conversation = id });
        }));

        var first = await ItemsAsync(_one, id);
        first.Order().ShouldBe(Enumerable.Range(0, 24).SelectMany(number => (string[])(number % 4 < 2 ? [$"item {number}", $"second {number}"] : [$"say:turn {number}", $"turn {number}"])).Order());
        (await ItemsAsync(_two, id)).ShouldBe(first);
        // What was added together stands together.
        for (var index = 0; index < first.Count; index += 2)
            first[index + 1].ShouldBe(first[index].StartsWith("say:", StringComparison.Ordinal) ? first[index]["say:".Length..] : first[index].Replace("item", "second", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_what_another_node_has_removed_is_not_found()
    {
        var (_, made) = await _one.PostAsync("/v1/conversations", "{}");
        var id = ResponsesFixture.Text(made, "id")!;
        (await _two.GetAsync($"/v1/conversations/{id}")).Status.ShouldBe(200);
        (await _one.SendAsync(HttpMethod.Delete, $"/v1/conversations/{id}")).Status.ShouldBe(200);
        (await _two.PostAsync($"/v1/conversations/{id}", new { metadata = new { a = "b" } })).Status.ShouldBe(404);
        (await _two.GetAsync($"/v1/conversations/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_background_response_whose_node_is_killed_is_reported_as_failed_by_another_when_its_lease_has_run_out()
    {
        var config = _folder.File("config.yaml");
        await File.WriteAllTextAsync(config, $$"""
            openai-compatibility:
              - { name: chat, base-url: "{{_one.Upstream.Address.ToString().TrimEnd('/')}}/v1", api-key: two, models: [ deepseek-chat ] }
            {{Store}}
            """);
        await using var node = Command.Start("serve", "--config", config, "--port", "0");
        using var http = new HttpClient { BaseAddress = await node.AddressAsync() };
        using var body = new StringContent($$"""{"model":"{{ResponsesFixture.Chat}}","input":"{{ResponsesFixture.Long(40, "stall=6")}}","background":true}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/responses", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        var id = ResponsesFixture.Text(JsonNode.Parse(text), "id")!;

        (await StatusAsync(_two, id)).ShouldBe("queued");
        // The answer comes before the upstream is asked.
        await Poll.UntilAsync(() => _one.Upstream.Requests.Any(request => request.Text.Contains("stall=6", StringComparison.Ordinal)));
        node.Signal("KILL");
        await node.EndAsync(TimeSpan.FromSeconds(60));
        // Nobody can know yet that it is gone.
        (await StatusAsync(_two, id)).ShouldBe("queued");
        await ExpireAsync();
        var (_, failed) = await _two.GetAsync($"/v1/responses/{id}");
        ResponsesFixture.Text(failed, "status").ShouldBe("failed", failed.ToJsonString());
        ResponsesFixture.Text(failed, "error", "message")!.ShouldContain("stopped while");
        (await _one.GetAsync($"/v1/responses/{id}")).Json.ToJsonString().ShouldBe(failed.ToJsonString());
        _one.Upstream.Requests.Count(request => request.Text.Contains("stall=6", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_response_that_is_made_is_seen_on_the_other_node_before_and_after_its_end()
    {
        var queued = await _one.CreateAsync(new { model = ResponsesFixture.Chat, input = ResponsesFixture.Long(10, "pace=20"), background = true });
        var id = ResponsesFixture.Text(queued, "id")!;
        var done = await _two.EndOfAsync(id);
        ResponsesFixture.Text(done, "status").ShouldBe("completed");
        done.ToJsonString().ShouldBe((await _one.EndOfAsync(id)).ToJsonString());
    }

    [Fact]
    public async Task A_node_that_has_lost_its_lease_stops_and_reports_what_the_other_has_decided()
    {
        var clock = new ShiftedTimeProvider(TimeSpan.FromSeconds(15));
        await using var slow = await ResponsesFixture.OpenAsync(Store, clock);
        var queued = await slow.CreateAsync(new { model = ResponsesFixture.Claude, input = ResponsesFixture.Long(40, "stall=6"), background = true });
        var id = ResponsesFixture.Text(queued, "id")!;
        // As after a minute in which it could not reach the database.
        await ExpireAsync();
        (await StatusAsync(_two, id)).ShouldBe("failed");
        slow.Gateway.OpenRequests.ShouldBe(1);
        clock.Turn(TimeSpan.FromSeconds(20));
        await Poll.UntilAsync(() => slow.Gateway.OpenRequests == 0 && slow.LastRequest().Aborted);
        var (_, kept) = await slow.GetAsync($"/v1/responses/{id}");
        kept.ToJsonString().ShouldBe((await _two.GetAsync($"/v1/responses/{id}")).Json.ToJsonString());
        ResponsesFixture.Text(kept, "error", "message")!.ShouldContain("stopped while");
    }

    private static async Task<List<string>> ItemsAsync(ResponsesFixture node, string id)
    {
        var (_, list) = await node.GetAsync($"/v1/conversations/{id}/items?order=asc&limit=100");
        return [.. list["data"]!.AsArray().Select(item => ResponsesFixture.Text(item, "content", 0, "text")!)];
    }

    private static async Task<string?> StatusAsync(ResponsesFixture node, string id) => ResponsesFixture.Text((await node.GetAsync($"/v1/responses/{id}")).Json, "status");

    /// <summary>Lets the term of every response's lease be over by the database's clock.</summary>
    private Task ExpireAsync() => _place.ExecuteAsync("UPDATE leases SET expires_at = 1 WHERE name LIKE 'response:%'");
}
