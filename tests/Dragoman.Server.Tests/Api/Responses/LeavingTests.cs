using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>Clients that leave as soon as they have the end of their answer, while the upstream has not closed its stream.</summary>
public sealed class LeavingTests
{
    private const string Answer = "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[],\"usage\":null}}\n\n"
        + "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}\n\n"
        + "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\",\"sequence_number\":2}\n\n";

    private const string End = "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":3,\"response\":{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"completed\",\"error\":null,\"output\":[],\"usage\":{\"input_tokens\":7,\"output_tokens\":3,\"total_tokens\":10}}}\n\n";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Whoever_has_the_end_of_the_answer_may_leave_and_who_has_not_has_left(bool ends, bool socket)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(Answer);
            if (ends) await context.SendAsync(End);
            // Open until somebody breaks it off.
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"openai-compatibility:\n  - {{ name: one, base-url: '{upstream.Address}', wire-api: responses, api-key-entries: [ {{ api-key: k }} ], models: [ m ] }}\n",
            Port = 0, LogLevel = LogLevel.None,
        });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        if (socket)
        {
            using var client = await Socket.OpenAsync(new Uri($"ws://127.0.0.1:{gateway.Address.Port}/v1/responses"), "none");
            await client.SendAsync("""{"type":"response.create","model":"m","input":"hi","store":false}""");
            while (await client.ReceiveAsync() is { } frame && frame.Text("type") != (ends ? "response.completed" : "response.output_text.delta")) continue;
        }
        else
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent("""{"model":"m","input":"hi","stream":true}""", System.Text.Encoding.UTF8, "application/json") };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            while (await lines.ReadLineAsync() is { } line && !line.StartsWith(ends ? "data: {\"type\":\"response.completed" : "data: {\"type\":\"response.output_text.delta", StringComparison.Ordinal)) continue;
            if (ends) (await lines.ReadLineAsync()).ShouldBe("", "the whole frame");
        }

        var flow = await FlowFixture.OnlyAsync(http);
        (flow.Number("status"), flow["client_left"]!.GetValue<bool>()).ShouldBe(ends ? (200, false) : (499, true));
        if (ends) (flow["usage"].Number("input"), flow["usage"].Number("output"), flow["attempts"]!.AsArray().Single().Text("outcome")).ShouldBe((7, 3, "answered"));
        await upstream.Aborted.Task;
    }
}
