using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// Tool calls whose arguments break off, in answers that pass as they are: where the answer ends as if all were well it is a failure, told before the client
/// hears that the call is done; where it says that it was cut off it passes byte for byte.
/// </summary>
public sealed class TornCallTests
{
    private const string Half = "{\\\"path\\\":\\\"/t";

    /// <summary>The language, the pieces that clients may have, those that say the call is done, and the end.</summary>
    public static TheoryData<string, string, string, string> Torn => new()
    {
        { "messages", Block(1) + Piece(1, Half), Stop(1), MessageEnd("tool_use") },
        { "messages", Block(1) + Piece(1, Half), Stop(1), MessageEnd("end_turn") },
        { "messages", Block(1) + Piece(1, Half), Stop(1), MessageEnd("some_new_reason") },
        // No stop, no reason, another block behind it.
        { "messages", Block(1) + Piece(1, Half), "", MessageEnd("tool_use") },
        { "messages", Block(1) + Piece(1, Half), Stop(1), "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n" },
        { "messages", Block(1) + Piece(1, Half), Stop(1), Block(2) + Piece(2, "{}") + Stop(2) + MessageEnd("max_tokens") },
        { "messages", Block(1) + Piece(1, "[{"), Stop(1) + "event: ping\ndata: {\"type\":\"ping\"}\n\n", MessageEnd("tool_use") },
        { "responses", Added(1) + Delta(1, Half), Done(1, Half), ResponseEnd("completed", "") },
        { "responses", Added(1) + Delta(1, Half), Done(1, Half), ResponseEnd("completed", Call(Half)) },
        { "responses", Added(1) + Delta(1, Half), "", ResponseEnd("completed", "") },
        { "responses", Added(1), Done(1, Half), ResponseEnd("completed", "") },
        { "responses", Added(1), "", ResponseEnd("completed", Call(Half)) },
        { "responses", Added(1) + Delta(1, Half), Done(1, Half), "data: [DONE]\n\n" },
        { "responses", Added(1) + Delta(1, Half), Done(1, Half), Added(2) + Delta(2, "{}") + Done(2, "{}") + ResponseEnd("incomplete", "") },
        { "gemini", Gemini("\"name\":\"rm\",\"partialArgs\":[{\"jsonPath\":\"$.path\",\"stringValue\":\"/t\",\"willContinue\":true}],\"willContinue\":true"), "", GeminiEnd("STOP") },
        { "gemini", Gemini("\"name\":\"rm\",\"willContinue\":true") + Gemini("\"name\":\"ls\",\"args\":{}"), "", GeminiEnd("STOP") },
    };

    [Theory, MemberData(nameof(Torn))]
    public async Task An_answer_that_ends_as_if_all_were_well_is_a_failure(string protocol, string pieces, string done, string end)
    {
        foreach (var at in (int[])[0, done.Length / 2, done.Length])
        {
            var begin = FourProtocols.Begin(protocol, "so") + pieces;
            var text = await StreamAsync(protocol, begin, done[..at], done[at..] + end);
            text.ShouldStartWith(begin);
            IsFailure(protocol, text[begin.Length..], "in the middle of a tool call");
        }
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("responses")]
    public async Task An_error_behind_it_and_a_broken_connection_do_not_say_that_the_call_is_done(string protocol)
    {
        var messages = protocol == "messages";
        var begin = FourProtocols.Begin(protocol, "so") + (messages ? Block(1) + Piece(1, Half) : Added(1) + Delta(1, Half));
        var done = messages ? Stop(1) : Done(1, Half);
        var error = messages
            ? "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Busy now.\"}}\n\n"
            : "event: error\ndata: {\"type\":\"error\",\"sequence_number\":9,\"error\":{\"type\":\"server_error\",\"code\":\"server_error\",\"message\":\"Busy now.\"}}\n\n";
        var text = await StreamAsync(protocol, begin, done, error);
        text.ShouldStartWith(begin);
        IsFailure(protocol, text[begin.Length..], "Busy now.");
        text = await StreamAsync(protocol, begin, done, "");
        text.ShouldStartWith(begin);
        IsFailure(protocol, text[begin.Length..], "in the middle of the answer");
    }

    public static TheoryData<string, string> Sound => new()
    {
        // Cut off, and told so.
        { "messages", Block(1) + Piece(1, Half) + Stop(1) + MessageEnd("max_tokens") },
        { "messages", Block(1) + Piece(1, Half) + Stop(1) + "event: ping\ndata: {\"type\":\"ping\"}\n\n" + MessageEnd("model_context_window_exceeded") },
        { "messages", Block(1) + Piece(1, Half) + Stop(1) + MessageEnd("refusal") },
        { "messages", Block(1) + Piece(1, Half) + MessageEnd("max_tokens") },
        { "responses", Added(1) + Delta(1, Half) + Done(1, Half) + ResponseEnd("incomplete", Call(Half)) },
        { "responses", Added(1) + Delta(1, Half) + ResponseEnd("incomplete", "") },
        { "gemini", Gemini("\"name\":\"rm\",\"willContinue\":true") + GeminiEnd("MAX_TOKENS") },
        // Whole: in pieces, with braces and quotes in strings, without arguments, several in turns, and what is no function's input.
        { "messages", Block(1) + Piece(1, "{\\\"x\\\":\\\"}\\\\\\\"{") + Piece(1, "\\\"}") + Stop(1) + MessageEnd("tool_use") },
        { "messages", Block(1) + Piece(1, "") + Stop(1) + Block(2) + Piece(2, "{}") + Stop(2) + MessageEnd("tool_use") },
        { "messages", Block(1) + Block(2) + Piece(1, "{\\\"x\\\":") + Piece(2, "{}") + Piece(1, "1}") + Stop(1) + Stop(2) + MessageEnd("tool_use") },
        { "responses", Added(1) + Delta(1, "{\\\"x\\\":") + Delta(1, "[1]}") + Done(1, "{\\\"x\\\":[1]}") + ResponseEnd("completed", Call("{\\\"x\\\":[1]}")) },
        { "responses", Added(1) + Added(2) + Delta(1, "{\\\"x\\\":") + Delta(2, "{}") + Done(2, "{}") + Delta(1, "1}") + Done(1, "{\\\"x\\\":1}") + ResponseEnd("completed", "") },
        { "responses", Event("response.output_item.done", "\"output_index\":1,\"item\":{\"type\":\"custom_tool_call\",\"id\":\"c\",\"call_id\":\"c\",\"name\":\"patch\",\"input\":\"{ half a function_call\"}") + ResponseEnd("completed", "") },
        { "gemini", Gemini("\"name\":\"rm\",\"willContinue\":true") + Gemini("\"partialArgs\":[{\"jsonPath\":\"$.path\",\"stringValue\":\"/t\"}],\"willContinue\":true") + Gemini("") + GeminiEnd("STOP") },
        { "gemini", Gemini("\"name\":\"rm\",\"partialArgs\":[{\"jsonPath\":\"$.path\",\"stringValue\":\"/t\",\"willContinue\":true}]") + Gemini("\"name\":\"ls\",\"args\":{}") + GeminiEnd("STOP") },
    };

    [Theory, MemberData(nameof(Sound))]
    public async Task What_is_whole_or_says_that_it_was_cut_off_passes_as_it_is(string protocol, string rest)
    {
        var begin = FourProtocols.Begin(protocol, "so");
        foreach (var at in (int[])[0, rest.Length / 3, 2 * rest.Length / 3]) (await StreamAsync(protocol, begin, rest[..at], rest[at..])).ShouldBe(begin + rest);
    }

    public static TheoryData<string, string, bool> Wholes => new()
    {
        { "chat", Chat("tool_calls", $"\"tool_calls\":[{{\"id\":\"a\",\"type\":\"function\",\"function\":{{\"name\":\"rm\",\"arguments\":\"{Half}\"}}}}]"), false },
        { "chat", Chat("stop", $"\"function_call\":{{\"name\":\"rm\",\"arguments\":\"{Half}\"}}"), false },
        { "chat", Chat("length", $"\"tool_calls\":[{{\"id\":\"a\",\"type\":\"function\",\"function\":{{\"name\":\"rm\",\"arguments\":\"{Half}\"}}}}]"), true },
        { "chat", Chat("tool_calls", "\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"rm\",\"arguments\":\"{}\"}},{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"ls\",\"arguments\":\"\"}}]"), true },
        { "responses", Response("completed", Call(Half)), false },
        { "responses", Response("incomplete", Call(Half)), true },
        { "responses", Response("completed", Call("{}")), true },
        { "messages", Message("tool_use", $"\"{Half}\""), false },
        { "messages", Message("max_tokens", $"\"{Half}\""), true },
        { "messages", Message("tool_use", "{\"path\":\"{\"}"), true },
        { "gemini", "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"rm\",\"willContinue\":true}}]},\"finishReason\":\"STOP\",\"index\":0}]}", false },
        { "gemini", "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"rm\",\"willContinue\":true}}]},\"finishReason\":\"MAX_TOKENS\",\"index\":0}]}", true },
    };

    [Theory, MemberData(nameof(Wholes))]
    public async Task A_whole_answer_with_a_torn_call_is_a_failure_and_another_account_answers(string protocol, string body, bool passes)
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, body));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, FourProtocols.Whole(protocol, "well")));
        await using var both = await FourProtocols.StartAsync(protocol, "", first, second);
        using (var answer = await FailureTests.PostAsync(both, FourProtocols.Request(protocol, false), FourProtocols.Path(protocol, false)))
        {
            answer.Header("x-dragoman-account").ShouldBe(passes ? "one" : "two");
            (await answer.TextAsync()).ShouldBe(passes ? body : FourProtocols.Whole(protocol, "well"));
        }

        if (passes) return;
        await using var alone = await FourProtocols.StartAsync(protocol, "", first);
        using var failed = await FailureTests.PostAsync(alone, FourProtocols.Request(protocol, false), FourProtocols.Path(protocol, false));
        ((int)failed.StatusCode).ShouldBe(502);
        JsonNode.Parse(await failed.TextAsync())!["error"]!["message"]!.GetValue<string>().ShouldContain("in the middle of a tool call");
    }

    private static void IsFailure(string protocol, string rest, string words)
    {
        rest.ShouldContain(words);
        rest.ShouldNotContain(FourProtocols.EndMark(protocol));
        foreach (var done in (string[])["content_block_stop", "arguments.done", "output_item.done", "message_delta"]) rest.ShouldNotContain(done);
        rest.ShouldStartWith(protocol switch
        {
            "messages" => "event: error\ndata: {\"type\":\"error\",",
            "responses" => "event: response.failed\ndata: ",
            _ => "{\"error\":{",
        });
    }

    private static string Block(int index)
        => $"event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":{index},\"content_block\":{{\"type\":\"tool_use\",\"id\":\"t{index}\",\"name\":\"rm\",\"input\":{{}}}}}}\n\n";

    private static string Piece(int index, string json)
        => $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"input_json_delta\",\"partial_json\":\"{json}\"}}}}\n\n";

    private static string Stop(int index) => $"event: content_block_stop\ndata: {{\"type\":\"content_block_stop\",\"index\":{index}}}\n\n";

    private static string MessageEnd(string reason)
        => $"event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"{reason}\",\"stop_sequence\":null}},\"usage\":{{\"output_tokens\":3}}}}\n\nevent: message_stop\ndata: {{\"type\":\"message_stop\"}}\n\n";

    private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":7,{members}}}\n\n";

    private static string Call(string arguments) => $"{{\"type\":\"function_call\",\"id\":\"fc\",\"call_id\":\"c\",\"name\":\"rm\",\"arguments\":\"{arguments}\"}}";

    private static string Added(int index) => Event("response.output_item.added", $"\"output_index\":{index},\"item\":{Call("")}");

    private static string Delta(int index, string json) => Event("response.function_call_arguments.delta", $"\"item_id\":\"fc\",\"output_index\":{index},\"delta\":\"{json}\"");

    private static string Done(int index, string json)
        => Event("response.function_call_arguments.done", $"\"item_id\":\"fc\",\"output_index\":{index},\"arguments\":\"{json}\"") + Event("response.output_item.done", $"\"output_index\":{index},\"item\":{Call(json)}");

    private static string Response(string status, string items)
        => $"{{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"{status}\",\"error\":null,\"incomplete_details\":{(status == "incomplete" ? "{\"reason\":\"max_output_tokens\"}" : "null")},\"output\":[{items}],\"usage\":{{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}}}}";

    private static string ResponseEnd(string status, string items) => Event("response." + status, "\"response\":" + Response(status, items));

    private static string Gemini(string call)
        => $"data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{{\"functionCall\":{{{call}}}}}]}},\"index\":0}}],\"modelVersion\":\"m\",\"responseId\":\"r\"}}\n\n";

    private static string GeminiEnd(string reason)
        => $"data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[]}},\"finishReason\":\"{reason}\",\"index\":0}}],\"usageMetadata\":{{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3}},\"modelVersion\":\"m\",\"responseId\":\"r\"}}\n\n";

    private static string Chat(string reason, string calls)
        => $"{{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"so\",{calls}}},\"finish_reason\":\"{reason}\"}}],\"usage\":{{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}}}";

    private static string Message(string reason, string input)
        => $"{{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"rm\",\"input\":{input}}}],\"stop_reason\":\"{reason}\",\"stop_sequence\":null,\"usage\":{{\"input_tokens\":1,\"output_tokens\":1}}}}";

    /// <summary>What the client reads of a stream whose beginning it had before the rest came, in two pieces.</summary>
    private static async Task<string> StreamAsync(string protocol, string begin, string middle, string rest)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var begun = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(begin);
            await begun.Task;
            if (middle.Length > 0) await context.SendAsync(middle);
            if (rest.Length > 0) await context.SendAsync(rest);
        });
        await using var gateway = await FourProtocols.StartAsync(protocol, "", upstream);
        await using var reader = await PieceClient.PostAsync(gateway.Address, FourProtocols.Path(protocol, true), FourProtocols.Request(protocol, true), limit.Token);
        var first = await reader.NextAsync(limit.Token);
        begun.SetResult();
        return first + string.Concat(await reader.RestAsync(limit.Token));
    }
}
