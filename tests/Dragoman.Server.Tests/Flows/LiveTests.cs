using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>What happens, as it happens.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task A_tail_sees_flows_that_fit_as_they_end()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var all = await Tail.OpenAsync(rig.Http, "flows/live");
        using var some = await Tail.OpenAsync(rig.Http, "flows/live?status=4xx&text=nonsense");
        using var good = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        // A request may end a moment after its answer has arrived, and so behind the next one.
        var (name, first) = await all.NextAsync();
        name.ShouldBe("flow");
        first.Text("id").ShouldBe(good.Header("x-dragoman-flow"));
        using var bad = await rig.PostAsync("/v1/chat/completions", Talk.Chat("nonsense-model"));
        (await all.NextAsync()).Data.Text("id").ShouldBe(bad.Header("x-dragoman-flow"));
        (await some.NextAsync()).Data.Text("id").ShouldBe(bad.Header("x-dragoman-flow"));
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "flows/live?status=x")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_tail_that_was_away_goes_on_behind_the_last_flow_it_had()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var ids = new List<string>();
        async Task AskAsync(string model, string agent = "curl/8.0")
        {
            using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat(model), ("User-Agent", agent));
            ids.Add(answer.Header("x-dragoman-flow")!);
            await FlowFixture.OfAsync(rig.Http, answer);
        }

        string? last;
        using (var tail = await Tail.OpenAsync(rig.Http, "flows/live?client=curl"))
        {
            await AskAsync("chat-1");
            (await tail.NextAsync("flow")).Text("id").ShouldBe(ids[0]);
            last = tail.LastId.ShouldNotBeNull();
        }

        await AskAsync("chat-1");
        await AskAsync("chat-1", "other/1.0");
        await AskAsync("nonsense-model");
        using (var again = await Tail.OpenAsync(rig.Http, "flows/live?client=curl", last))
        {
            (await again.NextAsync()).Data.Text("id").ShouldBe(ids[1]);
            (await again.NextAsync()).Data.Text("id").ShouldBe(ids[3]);
        }

        using (var foreign = await Tail.OpenAsync(rig.Http, "flows/live", "00000000-7")) (await foreign.NextAsync()).Name.ShouldBe("reset");
        // Words are not kept to be looked for later: such a tail has no ids.
        using var words = await Tail.OpenAsync(rig.Http, "flows/live?text=chat");
        await AskAsync("chat-1");
        (await words.NextAsync()).Data.Text("id").ShouldBe(ids[4]);
        words.LastId.ShouldBeNull();
    }

    [Fact]
    public async Task Events_tell_of_flows_changes_and_health()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var events = await Tail.OpenAsync(rig.Http, "events");
        var (name, health) = await events.NextAsync();
        name.ShouldBe("health");
        health["store_healthy"]!.GetValue<bool>().ShouldBeTrue();
        await rig.Gateway.Store.Settings.SetAsync(new Setting("a.setting", "1"), null);
        var change = await events.NextAsync("change");
        change.Text("kind").ShouldBe("setting");
        change.Text("id").ShouldBe("a.setting");
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        (await events.NextAsync("flow")).Text("id").ShouldBe(answer.Header("x-dragoman-flow"));
    }

    [Fact]
    public async Task A_listener_that_was_away_goes_on_where_it_was()
    {
        await using var rig = await GatewayFixture.StartAsync();
        string? last;
        using (var events = await Tail.OpenAsync(rig.Http, "events"))
        {
            await events.NextAsync("health");
            last = events.LastId.ShouldNotBeNull();
        }

        var ids = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
            ids.Add(answer.Header("x-dragoman-flow"));
        }

        using (var again = await Tail.OpenAsync(rig.Http, "events", last))
        {
            var seen = new List<string?> { (await again.NextAsync("flow")).Text("id") };
            var middle = again.LastId;
            for (var i = 0; i < 2; i++) seen.Add((await again.NextAsync("flow")).Text("id"));
            // Requests may end in another order than they began.
            seen.ShouldBe(ids, ignoreOrder: true);
            using var third = await Tail.OpenAsync(rig.Http, "events", middle);
            (await third.NextAsync("flow")).Text("id").ShouldBe(seen[1]);
        }

        using var strange = await Tail.OpenAsync(rig.Http, "events", "ffffffff-7");
        (await strange.NextAsync("reset"))["message"].ShouldNotBeNull();
        strange.LastId.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stop_ends_the_tail()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var tail = await Tail.OpenAsync(rig.Http, "flows/live");
        await rig.Gateway.StopAsync();
        (await tail.EndsAsync()).ShouldBeTrue();
    }

    private sealed class Tail(HttpResponseMessage answer, StreamReader lines) : IDisposable
    {
        /// <summary>The id of the last event that had one.</summary>
        public string? LastId { get; private set; }

        public static async Task<Tail> OpenAsync(HttpClient http, string path, string? after = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
            if (after is not null) request.Headers.Add("Last-Event-ID", after);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            ((int)answer.StatusCode).ShouldBe(200);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            (await lines.ReadLineAsync()).ShouldBe(": listening");
            return new Tail(answer, lines);
        }

        public async Task<(string Name, JsonNode Data)> NextAsync()
        {
            var name = "";
            while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                else if (line.StartsWith("id: ", StringComparison.Ordinal)) LastId = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonNode.Parse(line[6..])!);
            }

            throw new InvalidOperationException("the tail ended");
        }

        public async Task<JsonNode> NextAsync(string wanted)
        {
            while (true)
            {
                var (name, data) = await NextAsync();
                if (name == wanted) return data;
            }
        }

        public async Task<bool> EndsAsync()
        {
            try
            {
                while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is not null)
                {
                }
            }
            catch (IOException)
            {
                // Cut off is an end too.
            }

            return true;
        }

        public void Dispose()
        {
            lines.Dispose();
            answer.Dispose();
        }
    }
}
