using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>The relay lane under upstreams that greet and fail, break off in the middle, or end their streams oddly.</summary>
public sealed class PassthroughTests
{
    private const string MessagesGreeting = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"stop_reason\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n";
    private const string MessagesError = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    private const string MessagesRest = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Gr\u00fc\u00dfe\"}}\n\n"
        + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private const string ResponsesGreeting = "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[],\"usage\":null}}\n\n"
        + "event: response.in_progress\ndata: {\"type\":\"response.in_progress\",\"sequence_number\":1,\"response\":{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[],\"usage\":null}}\n\n";
    private const string ResponsesError = "event: error\ndata: {\"type\":\"error\",\"sequence_number\":2,\"error\":{\"type\":\"server_error\",\"code\":\"server_error\",\"message\":\"Broken.\",\"param\":null}}\n\n";
    private const string ResponsesAdded = "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":2,\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}\n\n";
    private const string ResponsesDelta = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\",\"sequence_number\":41}\n\n";
    private const string ResponsesEnd = "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":42,\"response\":{\"id\":\"resp_up\",\"object\":\"response\",\"status\":\"completed\",\"error\":null,\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}}}\n\n";

    private const string ChatGreeting = "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
    private const string ChatError = "data: {\"error\":{\"message\":\"Broken.\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n";

    public static TheoryData<string, string, string> Greetings()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (protocol, error) in ((string, string)[])[("messages", MessagesError), ("responses", ResponsesError), ("chat", ChatError)])
        {
            data.Add(protocol, "told", error);
            data.Add(protocol, "broken", "");
            data.Add(protocol, "empty", "");
            data.Add(protocol, "torn", "event: x\ndata: {\"type\":");
        }

        return data;
    }

    [Theory, MemberData(nameof(Greetings))]
    [Trait("check", "cliproxy 47")]
    public async Task An_upstream_that_greets_and_fails_is_replaced_unseen(string protocol, string how, string more)
    {
        var (path, greeting, rest) = Of(protocol);
        await using var first = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            // The greeting is really on its way before the failure comes.
            await context.SendAsync(greeting[..50]);
            await context.SendAsync(greeting[50..]);
            await Task.Delay(50, context.RequestAborted);
            if (more.Length > 0) await context.SendAsync(more);
            if (how == "broken") context.Abort();
        });
        await using var second = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(greeting.Replace("_up", "_second", StringComparison.Ordinal) + rest);
        });
        await using var gateway = await TwoAsync(protocol, first, second);
        using var answer = await FailureTests.PostAsync(gateway, Request(protocol), path);
        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.TextAsync()).ShouldBe(greeting.Replace("_up", "_second", StringComparison.Ordinal) + rest);
        answer.Header("x-dragoman-account").ShouldBe("two");
        first.Calls.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task An_answer_begins_for_the_client_with_its_first_content()
    {
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(MessagesGreeting + MessagesRest[..(MessagesRest.IndexOf("\n\n", StringComparison.Ordinal) + 2)]);
            await go.Task;
            await context.SendAsync(MessagesRest[(MessagesRest.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
        });
        await using var gateway = await StreamTests.ClaudeAsync(upstream);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent(Request("messages"), System.Text.Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(10));
        go.SetResult();
        (await answer.TextAsync()).ShouldBe(MessagesGreeting + MessagesRest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_num")]
    [InlineData("event: response.output_text.delta\ndata: {\"type\":\"response.completed\",\"response\":{\"usage\":{")]
    [Trait("check", "cliproxy 29")]
    public async Task A_responses_stream_that_breaks_off_is_failed_under_its_own_id_and_number(string torn)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(ResponsesGreeting + ResponsesAdded);
            await context.SendAsync(ResponsesDelta + torn);
        });
        await using var gateway = await OneAsync("responses", upstream);
        using var answer = await FailureTests.PostAsync(gateway, Request("responses"), "/v1/responses");
        var text = await answer.TextAsync();
        var whole = ResponsesGreeting + ResponsesAdded + ResponsesDelta;
        text.ShouldStartWith(whole);
        var last = text[whole.Length..];
        last.ShouldStartWith("event: response.failed\ndata: ");
        last.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        var failed = JsonNode.Parse(last["event: response.failed\ndata: ".Length..])!;
        failed["sequence_number"]!.GetValue<int>().ShouldBe(42);
        failed["response"]!["id"]!.GetValue<string>().ShouldBe("resp_up");
        failed["response"]!["error"]!["message"]!.GetValue<string>().ShouldContain("broke");
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("chat")]
    public async Task A_torn_frame_never_reaches_the_client(string protocol)
    {
        var (path, greeting, rest) = Of(protocol);
        var first = rest[..(rest.IndexOf("\n\n", StringComparison.Ordinal) + 2)];
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(greeting + first + "data: {\"torn\":\"finish");
            await Task.Delay(50, context.RequestAborted);
            context.Abort();
        });
        await using var gateway = await OneAsync(protocol, upstream);
        using var answer = await FailureTests.PostAsync(gateway, Request(protocol), path);
        var text = await answer.TextAsync();
        text.ShouldStartWith(greeting + first);
        text.ShouldNotContain("torn");
        var told = text[(greeting + first).Length..];
        JsonNode.Parse(told[(told.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!["error"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("messages", 1)]
    [InlineData("messages", 5)]
    [InlineData("messages", 100_000)]
    [InlineData("responses", 3)]
    [InlineData("chat", 1)]
    public async Task Every_byte_of_a_whole_stream_passes_however_its_lines_end(string protocol, int piece)
    {
        var (path, greeting, rest) = Of(protocol);
        foreach (var all in (string[])
        [
            ": hello\n\n" + greeting + ": in between\n\n" + rest + ": bye\n\n",
            (greeting + rest).Replace("\n", "\r\n", StringComparison.Ordinal),
            greeting + rest.TrimEnd('\n'),
            greeting + rest.TrimEnd('\n') + "\n",
            greeting + rest + ": bye",
        ])
        {
            await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
            {
                await context.OpenStreamAsync();
                var bytes = System.Text.Encoding.UTF8.GetBytes(all);
                for (var at = 0; at < bytes.Length; at += piece)
                {
                    await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
                    await context.Response.Body.FlushAsync();
                }
            });
            await using var gateway = await OneAsync(protocol, upstream);
            using var answer = await FailureTests.PostAsync(gateway, Request(protocol), path);
            (await answer.TextAsync()).ShouldBe(all);
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_client_that_stalls_is_not_taken_for_a_slow_upstream(string path)
    {
        var chunk = RawAnswers.ChatDelta.Replace("\"fi\"", $"\"{new string('x', 60_000)}\"", StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            for (var i = 0; i < 1000; i++) await context.SendAsync(chunk);
            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await using var gateway = await FailureTests.OneAsync(upstream, "streaming: { idle-timeout-seconds: 1 }\n");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(Talk.Messages("m", stream: true), System.Text.Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Task.Delay(2500);
        var all = await answer.TextAsync();
        all.Length.ShouldBeGreaterThan(55_000_000);
        all[^400..].ShouldNotContain("error");
        all[^400..].ShouldContain(path == "/v1/messages" ? "message_stop" : "[DONE]");
    }

    private static (string Path, string Greeting, string Answer) Of(string protocol) => protocol switch
    {
        "messages" => ("/v1/messages", MessagesGreeting, MessagesRest),
        "responses" => ("/v1/responses", ResponsesGreeting, ResponsesAdded + ResponsesDelta + ResponsesEnd),
        _ => ("/v1/chat/completions", ChatGreeting, RawAnswers.ChatDelta + RawAnswers.ChatEnd),
    };

    private static string Request(string protocol) => protocol switch
    {
        "messages" => Talk.Messages("m", stream: true),
        "responses" => Talk.Responses("m", stream: true),
        _ => Talk.Chat("m", stream: true),
    };

    private static Task<GatewayHost> OneAsync(string protocol, RawUpstream upstream) => FailureTests.StartAsync(Accounts(protocol, ("one", upstream)));

    private static Task<GatewayHost> TwoAsync(string protocol, RawUpstream first, RawUpstream second)
        => FailureTests.StartAsync(Accounts(protocol, ("one", first), ("two", second)) + "routing: { strategy: fill-first }\n");

    private static string Accounts(string protocol, params (string Name, RawUpstream Upstream)[] accounts)
    {
        var entries = accounts.Select(account => protocol == "messages"
            ? $"  - {{ name: {account.Name}, api-key: key-{account.Name}, base-url: '{account.Upstream.Address}', models: [ m ] }}\n"
            : $"  - {{ name: {account.Name}, base-url: '{account.Upstream.Address}/v1', {(protocol == "responses" ? "wire-api: responses, " : "")}api-key-entries: [ {{ api-key: key-{account.Name} }} ], models: [ m ] }}\n");
        return (protocol == "messages" ? "claude-api-key:\n" : "openai-compatibility:\n") + string.Concat(entries);
    }
}
