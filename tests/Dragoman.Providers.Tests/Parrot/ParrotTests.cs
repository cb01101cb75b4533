using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>A provider that is added by its folder and one line serves in the whole gateway, over real HTTP.</summary>
public sealed class ParrotTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_of_the_same_protocol_gets_the_answer_out_of_the_envelope(bool stream)
    {
        await using var upstream = await ParrotUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var answer = await AskAsync(http, "/v1/chat/completions", $$"""{"model":"parrot-1","stream":{{(stream ? "true" : "false")}},"odd_field":1,"messages":[{"role":"user","content":"Polly wants a cracker"}]}""");
        answer.Headers.GetValues("x-dragoman-provider").ShouldBe(["parrot"]);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldNotContain("feathers");
        (stream ? Words(text, chunk => (string?)chunk["choices"]?[0]?["delta"]?["content"]) : (string)JsonNode.Parse(text)!["choices"]![0]!["message"]!["content"]!).Trim().ShouldBe("Polly wants a cracker");
        if (stream) text.ShouldContain("data: [DONE]");
        var (key, body) = upstream.Requests.ShouldHaveSingleItem();
        key.ShouldBe("a-parrots-secret-key");
        ((string?)body["cage"]).ShouldBe("gilded");
        ((int?)body["request"]!["odd_field"]).ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_of_another_protocol_gets_it_translated(bool stream)
    {
        await using var upstream = await ParrotUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var answer = await AskAsync(http, "/v1/messages", $$"""{"model":"parrot-1","max_tokens":50,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Polly wants a cracker"}]}""");
        var text = await answer.Content.ReadAsStringAsync();
        (stream ? Words(text, chunk => (string?)chunk["delta"]?["text"]) : (string)JsonNode.Parse(text)!["content"]![0]!["text"]!).Trim().ShouldBe("Polly wants a cracker");
        text.ShouldContain("\"output_tokens\":7");
        ((string?)upstream.Requests.ShouldHaveSingleItem().Body["cage"]).ShouldBe("gilded");
    }

    [Fact]
    public async Task The_vendors_own_refusals_are_understood()
    {
        await using var upstream = await ParrotUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await AskAsync(http, "/v1/chat/completions", """{"model":"parrot-1","messages":[{"role":"user","content":"good night"}]}""")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var limits = await http.GetFromJsonAsync<JsonNode>("/api/v1/limits");
        var limit = limits!["limits"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)limit["provider"]).ShouldBe("parrot");
        ((bool)limit["is_upstream_hint"]!).ShouldBeTrue(limit.ToJsonString());
        upstream.Key = "another";
        var refused = await AskAsync(http, "/v1/chat/completions", """{"model":"parrot-2","messages":[{"role":"user","content":"hello"}]}""");
        (await refused.Content.ReadAsStringAsync()).ShouldNotContain("a-parrots-secret-key");
    }

    [Fact]
    public async Task An_account_is_added_over_the_API_and_read_by_the_providers_own_schema()
    {
        await using var upstream = await ParrotUpstream.StartAsync();
        var folder = Directory.CreateTempSubdirectory("dragoman-parrot-");
        try
        {
            await using (var gateway = await StartAsync("", folder.FullName))
            {
                using var http = new HttpClient { BaseAddress = gateway.Address };
                using var wrong = await http.PostAsJsonAsync("/api/v1/accounts", new { provider = "parrot", label = "polly", credential = new { api_key = upstream.Key }, settings = new { cage = "" } });
                wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
                (await wrong.Content.ReadAsStringAsync()).ShouldContain("cage: Every request has to name a cage. Add cage:");
                using var added = await http.PostAsJsonAsync("/api/v1/accounts", new { provider = "parrot", label = "polly", credential = new { api_key = upstream.Key }, settings = new { cage = "small", base_url = upstream.Address } });
                added.StatusCode.ShouldBe(HttpStatusCode.Created, await added.Content.ReadAsStringAsync());
            }

            await using (var again = await StartAsync("", folder.FullName))
            {
                using var http = new HttpClient { BaseAddress = again.Address };
                (await AskAsync(http, "/v1/chat/completions", """{"model":"parrot-1","messages":[{"role":"user","content":"hello"}]}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
                ((string?)upstream.Requests.ShouldHaveSingleItem().Body["cage"]).ShouldBe("small");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<GatewayHost> StartAsync(ParrotUpstream upstream)
        => StartAsync($"parrots: [ {{ name: polly, api-key: {upstream.Key}, cage: gilded, base-url: '{upstream.Address}' }} ]\nrequest-retry: 0\n");

    private static Task<GatewayHost> StartAsync(string config, string? folder = null)
        => GatewayHost.StartAsync(new StartOptions { ConfigText = config, DataFolder = folder, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    /// <summary>The text of a stream of events.</summary>
    private static string Words(string events, Func<JsonNode, string?> text)
        => string.Concat(events.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => text(JsonNode.Parse(line[6..])!)));
}
