using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>What is kept for clients of Responses outlives the process.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-restart-").FullName;
    private EmulatorHost _upstream = null!;
    private GatewayHost _gateway = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await EmulatorHost.StartAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_response_is_continued_after_a_restart_with_all_that_led_to_it()
    {
        var first = await PostAsync("/v1/responses", """{"model":"deepseek-chat","input":"say:The first word is alpha."}""");
        var second = await PostAsync("/v1/responses", $$"""{"model":"deepseek-chat","input":"say:And beta.","previous_response_id":"{{first["id"]}}"}""");
        await RestartAsync();
        await PostAsync("/v1/responses", $$"""{"model":"deepseek-chat","input":"say:Third.","previous_response_id":"{{second["id"]}}"}""");
        var asked = _upstream.Requests[^1].Text;
        asked.ShouldContain("The first word is alpha.");
        asked.ShouldContain("And beta.");

        var kept = await GetAsync($"/v1/responses/{first["id"]}");
        kept.ToJsonString().ShouldBe(first.ToJsonString());
        (await _http.GetStringAsync($"/v1/responses/{second["id"]}?stream=true")).ShouldContain("event: response.completed");
        (await GetAsync($"/v1/responses/{second["id"]}/input_items")).ToJsonString().ShouldContain("alpha");
    }

    [Fact]
    public async Task A_deleted_response_stays_deleted_and_store_false_is_never_kept()
    {
        var gone = await PostAsync("/v1/responses", """{"model":"deepseek-chat","input":"hi"}""");
        using (await _http.DeleteAsync($"/v1/responses/{gone["id"]}"))
        {
        }

        var never = await PostAsync("/v1/responses", """{"model":"deepseek-chat","input":"hi","store":false}""");
        await RestartAsync();
        foreach (var response in (JsonNode[])[gone, never])
        {
            using var answer = await _http.GetAsync($"/v1/responses/{response["id"]}");
            ((int)answer.StatusCode).ShouldBe(404);
        }
    }

    [Fact]
    public async Task A_conversation_goes_on_after_a_restart()
    {
        var conversation = await PostAsync("/v1/conversations", """{"metadata":{"for":"test"}}""");
        await PostAsync("/v1/responses", $$"""{"model":"deepseek-chat","input":"say:Remember gamma.","conversation":"{{conversation["id"]}}"}""");
        await RestartAsync();
        (await GetAsync($"/v1/conversations/{conversation["id"]}"))["metadata"]!["for"]!.GetValue<string>().ShouldBe("test");
        await PostAsync("/v1/responses", $$"""{"model":"deepseek-chat","input":"hi","conversation":"{{conversation["id"]}}"}""");
        _upstream.Requests[^1].Text.ShouldContain("Remember gamma.");
        (await GetAsync($"/v1/conversations/{conversation["id"]}/items"))["data"]!.AsArray().Count.ShouldBe(4);
        using var asResponse = await _http.GetAsync($"/v1/responses/{conversation["id"]}");
        ((int)asResponse.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_response_that_was_being_made_is_told_as_failed()
    {
        // What a killed process leaves: the row that was written before the client was told the id.
        await _gateway.Store.Responses.SaveAsync(new Dragoman.Gateway.Persistence.ResponseStateRecord
        {
            Id = "resp_interrupted",
            Status = "queued",
            Model = "deepseek-chat",
            Response = """{"id":"resp_interrupted","object":"response","status":"queued","background":true,"error":null,"output":[]}"""u8.ToArray(),
            InputItems = "\"hi\""u8.ToArray(),
            CreatedAt = DateTimeOffset.UtcNow,
            ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
        });
        await RestartAsync();
        var response = await GetAsync("/v1/responses/resp_interrupted");
        response["status"]!.GetValue<string>().ShouldBe("failed");
        response["error"]!["message"]!.GetValue<string>().ShouldContain("stopped while");
        await RestartAsync();
        (await GetAsync("/v1/responses/resp_interrupted"))["status"]!.GetValue<string>().ShouldBe("failed");
    }

    [Fact]
    public async Task A_background_response_is_in_the_store_before_its_id_is_told()
    {
        var queued = await PostAsync("/v1/responses", """{"model":"deepseek-chat","input":"fault:pace=200 one two three four five six seven","background":true}""");
        var row = await _gateway.Store.Responses.GetAsync(queued["id"]!.GetValue<string>(), "", TestContext.Current.CancellationToken);
        row.ShouldNotBeNull();
    }

    private async Task StartAsync()
    {
        var config = $$"""
            openai-compatibility:
              - { name: chat, base-url: "{{_upstream.Address.ToString().TrimEnd('/')}}/v1", api-key: two, models: [ deepseek-chat ] }

            """;
        _gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = config, DataFolder = _folder, Port = 0, LogLevel = LogLevel.None });
        _http = new HttpClient { BaseAddress = _gateway.Address };
    }

    private async Task StopAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
    }

    private async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(path))!;
}
