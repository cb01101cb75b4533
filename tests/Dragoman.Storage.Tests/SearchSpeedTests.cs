using System.Diagnostics;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests;

/// <summary>Measures and prints; judges only that what is found is right.</summary>
[Trait("speed", "slow")]
public sealed class SearchSpeedTests
{
    /// <summary>How many flows there are; another number by <c>DRAGOMAN_SPEED_FLOWS</c>.</summary>
    private static readonly int Flows = int.TryParse(Environment.GetEnvironmentVariable("DRAGOMAN_SPEED_FLOWS"), out var count) ? count : 50_000;

    [Fact]
    public async Task Fifty_thousand_flows_are_searched()
    {
        await using var place = new SqlitePlace();
        await place.PrepareAsync();
        await using var store = await place.OpenAsync();
        var output = TestContext.Current.TestOutputHelper!;
        var random = new Random(7);
        var words = Enumerable.Range(0, 5_000).Select(n => $"word{n * 7919 % 100_003}").ToArray();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, default);
        var clock = Stopwatch.StartNew();
        for (var batch = 0; batch < Flows / 500; batch++)
        {
            await store.Flows.AppendAsync([.. Enumerable.Range(0, 500).Select(n =>
            {
                var number = (batch * 500) + n;
                return new FlowRecord
                {
                    Id = $"flow_{number:x8}", StartedAt = start.AddSeconds(number), Duration = TimeSpan.FromMilliseconds(800), KeyId = $"key{number % 20}", KeyName = $"team {number % 20}", UserAgent = "claude-cli/1.0 (external, cli)",
                    Session = $"s{number / 10}", Surface = "dragoman", ClientProtocol = "AnthropicMessages", UpstreamProtocol = "AnthropicMessages", Mode = "passthrough", RequestedModel = "claude-sonnet-4-5", Model = "claude-sonnet-4-5-20250929",
                    Provider = "claude", AccountId = $"claude-{number % 8}", AccountLabel = $"account {number % 8}", Stream = true, Status = number % 50 == 0 ? 429 : 200, InputTokens = 12_000, OutputTokens = 400, CachedTokens = 11_000, Cost = 0.012m,
                    Attempts = [new($"claude-{number % 8}", $"account {number % 8}", "claude", "claude-sonnet-4-5-20250929", "sticky", "answered", TimeSpan.FromMilliseconds(790))],
                    Losses = number % 100 == 0 ? [new("dropped", "tools[0].strict", "not known to AnthropicMessages")] : [],
                    SearchText = string.Join(' ', Enumerable.Range(0, 20).Select(_ => words[random.Next(words.Length)])) + (number == 4_711 ? " needle" : ""),
                };
            })]);
        }

        output.WriteLine($"{Flows:N0} flows appended in {clock.Elapsed.TotalSeconds:0.0} s");
        var bytes = Directory.GetFiles(place.Address, "flows.db*").Sum(file => new FileInfo(file).Length);
        output.WriteLine($"{bytes / Flows} bytes a flow, indexes and 20 words each included");
        await MeasureAsync("newest", new FlowQuery(), 50);
        await MeasureAsync("one rare word", new FlowQuery { Text = "needle" }, 1);
        await MeasureAsync("a word of every flow", new FlowQuery { Text = "claude" }, 50);
        await MeasureAsync("two words", new FlowQuery { Text = "word7919 claude" }, 50);
        await MeasureAsync("a prefix of many", new FlowQuery { Text = "word1" }, 50);
        await MeasureAsync("account and status", new FlowQuery { Account = "claude-2", StatusFrom = 400 }, 50);
        await MeasureAsync("nothing there", new FlowQuery { Account = "nobody" }, 0);
        await MeasureAsync("model pattern", new FlowQuery { Model = "*opus*" }, 0);
        await MeasureAsync("with losses", new FlowQuery { HasLosses = true }, 50);
        await MeasureAsync("word, key, time", new FlowQuery { Text = "word1", Key = "key3", From = start.AddHours(1), To = start.AddHours(10) }, 50);

        await MeasureAsync("one session", new FlowQuery { Session = "s17" }, 10);
        await MeasureAsync("status of failures", new FlowQuery { StatusFrom = 400, StatusTo = 499 }, 50);
        await MeasureAsync("status that nobody had", new FlowQuery { StatusFrom = 500, StatusTo = 599 }, 0);
        await MeasureAsync("provider", new FlowQuery { Provider = "claude" }, 50);
        await MeasureAsync("provider of none", new FlowQuery { Provider = "nobody" }, 0);
        await MeasureAsync("key of none", new FlowQuery { Key = "nobody" }, 0);
        await MeasureAsync("bookmarked", new FlowQuery { Bookmarked = true }, 0);
        await MeasureAsync("tag of none", new FlowQuery { Tag = "x" }, 0);
        await MeasureListAsync("conversations", new FlowQuery(), 50);
        await MeasureListAsync("conversations of a model", new FlowQuery { Model = "*sonnet*" }, 50);
        await MeasureListAsync("conversations with failures", new FlowQuery { StatusFrom = 400 }, 50);
        await MeasureListAsync("conversations of none", new FlowQuery { Account = "nobody" }, 0);

        async Task MeasureListAsync(string name, FlowQuery query, int expected)
        {
            clock.Restart();
            var page = await store.Flows.ConversationsAsync(query, new PageRequest(50));
            output.WriteLine($"{name}: {clock.Elapsed.TotalMilliseconds:0.0} ms");
            page.Items.Count.ShouldBe(expected, name);
        }

        async Task MeasureAsync(string name, FlowQuery query, int expected)
        {
            clock.Restart();
            var page = await store.Flows.SearchAsync(query, new PageRequest(50));
            output.WriteLine($"{name}: {clock.Elapsed.TotalMilliseconds:0.0} ms");
            page.Items.Count.ShouldBe(expected, name);
        }
    }
}
