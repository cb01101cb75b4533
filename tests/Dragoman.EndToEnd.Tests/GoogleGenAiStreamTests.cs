using System.Text.Json.Nodes;
using System.Threading.Channels;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>@google/genai 3 for real on streams that are silent, break off, or end in an error: a failure is thrown there, never a normal end.</summary>
public sealed class GoogleGenAiStreamTests
{
    private static readonly string[] Models = ["silent", "broken", "failed", "late"];

    [Theory]
    [InlineData("gemini")]
    [InlineData("chat")]
    public async Task What_goes_wrong_in_a_stream_is_thrown(string kind)
    {
        ClientsFolder.File("node_modules", ".package-lock.json");
        var script = ClientsFolder.File("sdk", "genai-streams.mjs");
        var node = ClientsFolder.LaterNode();
        var clock = new ShiftedTimeProvider();
        var seen = Channel.CreateUnbounded<bool>();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            if (context.Request.Path == "/seen")
            {
                seen.Writer.TryWrite(true);
                return;
            }

            while (seen.Reader.TryRead(out bool _))
            {
                // What the stream before this one left.
            }

            // Gemini has the model in its path; the Chat accounts have an address for each.
            var model = Models.First(name => context.Request.Path.Value!.Contains(name, StringComparison.Ordinal));
            if (model is "silent" or "late")
            {
                clock.Turn(TimeSpan.FromSeconds(16));
                await seen.Reader.ReadAsync(context.RequestAborted);
            }

            if (model == "late")
            {
                await context.SayAsync(400, """{"error":{"code":400,"message":"Not so.","status":"INVALID_ARGUMENT","type":"invalid_request_error"}}""");
                return;
            }

            await context.OpenStreamAsync();
            await context.SendAsync(Delta(kind, "half "));
            await seen.Reader.ReadAsync(context.RequestAborted);
            switch (model)
            {
                case "silent":
                    clock.Turn(TimeSpan.FromSeconds(16));
                    await seen.Reader.ReadAsync(context.RequestAborted);
                    await context.SendAsync(Delta(kind, "whole") + End(kind));
                    break;
                case "failed":
                    await context.SendAsync(Error(kind));
                    break;
                default:
                    context.Abort();
                    break;
            }
        });
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = Configuration(kind, upstream.Address), Port = 0, LogLevel = LogLevel.None, Time = clock });
        using var place = new TempWorkspace();

        var run = await ProgramRun.StartAsync(node, [script, gateway.Address.ToString().TrimEnd('/'), "silent", upstream.Address], place.Folder, []);

        run.ExitCode.ShouldBe(0, run.ToString());
        var found = JsonNode.Parse(run.Output)!;
        string Of(string name) => found[name]!.ToJsonString();
        Of("silent").ShouldBe("""{"text":"half whole","finish":"STOP","thrown":null,"kept":2}""", run.ToString());
        Of("broken").ShouldBe("""{"text":"half ","finish":null,"thrown":{"name":"ApiError","status":502},"kept":0}""", run.ToString());
        Of("failed").ShouldBe("""{"text":"half ","finish":null,"thrown":{"name":"ApiError","status":503},"kept":0}""", run.ToString());
        Of("late").ShouldBe("""{"text":"","finish":null,"thrown":{"name":"ApiError","status":400},"kept":1}""", run.ToString());
    }

    private static string Configuration(string kind, string address)
    {
        var names = kind == "chat"
            ? $$"""openai-compatibility: [ {{string.Join(", ", Models.Select(name => $$"""{ name: {{name}}, base-url: "{{address}}/{{name}}/v1", api-key-entries: [ { api-key: k } ], models: [ {{name}} ] }"""))}} ]"""
            : $$"""gemini-api-key: [ { name: up, base-url: "{{address}}", api-key: k, models: [ {{string.Join(", ", Models)}} ] } ]""";
        return names + "\nrequest-retry: 0\n";
    }

    private static string Delta(string kind, string text) => kind == "chat"
        ? $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
        : $"data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{{\"text\":\"{text}\"}}]}},\"index\":0}}],\"modelVersion\":\"m\",\"responseId\":\"r\"}}\r\n\r\n";

    private static string End(string kind) => kind == "chat"
        ? "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
        : "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]},\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3},\"modelVersion\":\"m\",\"responseId\":\"r\"}\r\n\r\n";

    private static string Error(string kind) => kind == "chat"
        ? "data: {\"error\":{\"message\":\"The model is overloaded.\",\"code\":503}}\n\n"
        : "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"The model is overloaded.\",\n    \"status\": \"UNAVAILABLE\"\n  }\n}\n";
}
