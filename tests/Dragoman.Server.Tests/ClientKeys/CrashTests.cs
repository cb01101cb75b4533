using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Cli;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using CliProgram = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>A gateway that is killed while it answers.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task What_a_killed_gateway_left_open_is_booked_as_an_estimate_at_the_next_start()
    {
        using var folder = new TempFolder();
        var asked = new SemaphoreSlim(0);
        await using var upstream = await RawUpstream.StartAsync(async (context, number) =>
        {
            if (number == 1)
            {
                await context.SayAsync(200, KeyFixture.Whole);
                return;
            }

            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            asked.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var config = folder.File("config.yaml");
        await File.WriteAllTextAsync(config, FailureTests.Account("one", upstream.Address, "k") + "prices: [ { model: m, input: 1000, output: 2000 } ]\n");
        string id;
        await using (var first = CliProgram.Start("serve", "--config", config, "--data", folder.File("data"), "--port", "0"))
        {
            using var http = new HttpClient { BaseAddress = await first.AddressAsync() };
            var made = await SendAsync(http, "/api/v1/keys", """{"name":"k","budgets":[{"unit":"tokens","period":"total","limit":100000}]}""", "");
            id = made["id"]!.GetValue<string>();
            http.DefaultRequestHeaders.Add("x-api-key", made["key"]!.GetValue<string>());
            await SendAsync(http, "/v1/chat/completions", Talk.Chat("m", more: ",\"max_tokens\":90"), "");
            var streams = Enumerable.Range(0, 3).Select(_ => http.SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m", stream: true, more: ",\"max_tokens\":90"), Encoding.UTF8, "application/json") },
                HttpCompletionOption.ResponseHeadersRead)).ToArray();
            for (var i = 0; i < streams.Length; i++) await asked.WaitAsync();
            first.Signal("KILL");
            await first.EndAsync(TimeSpan.FromSeconds(10));
        }

        await using var second = CliProgram.Start("serve", "--config", config, "--data", folder.File("data"), "--port", "0");
        using var after = new HttpClient { BaseAddress = await second.AddressAsync() };
        var status = JsonNode.Parse(await after.GetStringAsync($"/api/v1/keys/{id}/status"))!["budgets"]![0]!;
        var entries = JsonNode.Parse(await after.GetStringAsync("/api/v1/usage/entries"))!["entries"]!.AsArray();
        status["reserved"]!.GetValue<decimal>().ShouldBe(0);
        entries.Count(entry => entry!["estimated"]!.GetValue<bool>()).ShouldBe(3);
        entries.Count.ShouldBe(4);
        status["spent"]!.GetValue<decimal>().ShouldBe(entries.Sum(entry => entry!["input_tokens"]!.GetValue<long>() + entry["output_tokens"]!.GetValue<long>()));
        foreach (var orphan in entries.Where(entry => entry!["estimated"]!.GetValue<bool>()))
        {
            orphan!["output_tokens"]!.GetValue<long>().ShouldBe(90);
            orphan["cost"]!.GetValue<decimal>().ShouldBeGreaterThan(0);
        }
    }

    private static async Task<JsonNode> SendAsync(HttpClient http, string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key.Length > 0) request.Headers.Add("x-api-key", key);
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.TextAsync());
        return await answer.JsonAsync();
    }
}
