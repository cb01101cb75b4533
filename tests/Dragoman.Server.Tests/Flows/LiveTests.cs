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
    public async Task A_stop_ends_the_tail()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var tail = await Tail.OpenAsync(rig.Http, "flows/live");
        await rig.Gateway.StopAsync();
        (await tail.EndsAsync()).ShouldBeTrue();
    }

    private sealed class Tail(HttpResponseMessage answer, StreamReader lines) : IDisposable
    {
        public static async Task<Tail> OpenAsync(HttpClient http, string path)
        {
            var answer = await http.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
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
