using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>One request, one answer: acceptance checks 43 to 45 and 54 to 56.</summary>
public sealed class CreateTests
{
    private static readonly string[] Terminals = ["response.completed", "response.failed", "response.incomplete"];

    [Theory]
    [InlineData(ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt)]
    [InlineData(ResponsesFixture.Chat)]
    [Trait("check", "responses 43")]
    public async Task An_answer_is_a_whole_response_object(string model)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var response = await stage.CreateAsync(new { model, input = "hi" });
        ResponsesFixture.Text(response, "object").ShouldBe("response");
        ResponsesFixture.Text(response, "status").ShouldBe("completed");
        ResponsesFixture.Text(response, "id")!.ShouldStartWith("resp_");
        ResponsesFixture.Said(response).ShouldContain("You said: hi");
        foreach (var name in (string[])["created_at", "error", "incomplete_details", "instructions", "metadata", "model", "output", "parallel_tool_calls", "temperature", "tool_choice", "tools", "top_p", "usage", "store", "background", "previous_response_id"])
            response.AsObject().ContainsKey(name).ShouldBeTrue(name);
        var usage = response["usage"]!;
        ((int)usage["total_tokens"]!).ShouldBe((int)usage["input_tokens"]! + (int)usage["output_tokens"]!);
        stage.NothingRefused();
    }

    [Theory]
    [InlineData(ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt)]
    [InlineData(ResponsesFixture.Chat)]
    [Trait("check", "responses 44")]
    public async Task A_stream_is_numbered_without_gaps_and_ends_once(string model)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var events = await stage.StreamAsync(new { model, input = "words:12", stream = true });
        events.Select(data => (int)data["sequence_number"]!).ShouldBe(Enumerable.Range(0, events.Count));
        ResponsesFixture.Text(events[0], "type").ShouldBe("response.created");
        events.Count(data => Terminals.Contains(ResponsesFixture.Text(data, "type"))).ShouldBe(1);
        ResponsesFixture.Text(events[^1], "type").ShouldBe("response.completed");
        var deltas = string.Concat(events.Where(data => ResponsesFixture.Text(data, "type") == "response.output_text.delta").Select(data => ResponsesFixture.Text(data, "delta")));
        deltas.ShouldEndWith("word12");
        ResponsesFixture.Said(events[^1]["response"]!).ShouldBe(deltas);
    }

    [Theory]
    [InlineData(ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt)]
    [Trait("check", "responses 45")]
    public async Task Arguments_of_a_call_are_the_same_wherever_they_stand(string model)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var tools = new[] { new { type = "function", name = "add", parameters = new { type = "object", properties = new { a = new { type = "number" } } } } };
        var events = await stage.StreamAsync(new { model, input = "call:add {\"a\":17,\"b\":\"x y z\"}", stream = true, tools });
        var joined = string.Concat(events.Where(data => ResponsesFixture.Text(data, "type") == "response.function_call_arguments.delta").Select(data => ResponsesFixture.Text(data, "delta")));
        var done = events.Single(data => ResponsesFixture.Text(data, "type") == "response.function_call_arguments.done");
        var item = events.Single(data => ResponsesFixture.Text(data, "type") == "response.output_item.done" && ResponsesFixture.Text(data, "item", "type") == "function_call")["item"]!;
        joined.ShouldNotBeEmpty();
        ResponsesFixture.Text(done, "arguments").ShouldBe(joined);
        ResponsesFixture.Text(item, "arguments").ShouldBe(joined);
        ResponsesFixture.Text(done, "item_id").ShouldBe(ResponsesFixture.Text(item, "id"));
        ResponsesFixture.Text(item, "call_id").ShouldNotBe(ResponsesFixture.Text(item, "id"));
    }

    [Fact]
    [Trait("check", "responses 54")]
    public async Task A_body_compressed_with_zstd_is_read()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        // A frame with one raw block, as any encoder may write it: magic, descriptor (single segment, 1-byte size), size, block header.
        var json = Encoding.UTF8.GetBytes($$"""{"model":"{{ResponsesFixture.Claude}}","input":"packed"}""");
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x20, (byte)json.Length, .. Header(json.Length), .. json];
        using var content = new ByteArrayContent(frame);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("zstd");
        using var response = await stage.Http.PostAsync(new Uri("/v1/responses", UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        ResponsesFixture.Said(JsonNode.Parse(text)!).ShouldContain("packed");

        static byte[] Header(int length)
        {
            var value = (length << 3) | 1;
            return [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
        }
    }

    [Fact]
    [Trait("check", "responses 55")]
    public async Task A_patch_for_a_custom_tool_comes_back_raw_from_another_language()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var tools = new[] { new { type = "custom", name = "apply_patch", description = "Applies a patch." } };
        var response = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "create file hello.txt with Hello", tools });
        var call = response["output"]!.AsArray().Single(item => ResponsesFixture.Text(item, "type") == "custom_tool_call")!;
        ResponsesFixture.Text(call, "name").ShouldBe("apply_patch");
        ResponsesFixture.Text(call, "input")!.ShouldStartWith("*** Begin Patch");
        stage.NothingRefused();
    }

    [Theory]
    [InlineData(ResponsesFixture.Claude, "error-in-stream=5")]
    [InlineData(ResponsesFixture.Claude, "truncate=5")]
    [InlineData(ResponsesFixture.Gpt, "error-in-stream=20;pace=20")]
    [InlineData(ResponsesFixture.Gpt, "disconnect=9000;pace=10")]
    [Trait("check", "responses 56")]
    public async Task An_upstream_that_fails_in_the_middle_makes_a_failed_response(string model, string fault)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var events = await stage.StreamAsync(new { model, input = ResponsesFixture.Long(300, fault), stream = true });
        var failed = events[^1];
        ResponsesFixture.Text(failed, "type").ShouldBe("response.failed");
        ResponsesFixture.Text(failed, "response", "error", "code").ShouldNotBeNullOrEmpty();
        events.ShouldNotContain(data => ResponsesFixture.Text(data, "type") == "response.completed");
    }

    [Fact]
    public async Task Tokens_are_counted_by_a_responses_upstream()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, json) = await stage.PostAsync("/v1/responses/input_tokens", new { model = ResponsesFixture.Gpt, input = "count me", metadata = new { a = "b" }, max_output_tokens = 100 });
        status.ShouldBe(200, json.ToJsonString());
        ResponsesFixture.Text(json, "object").ShouldBe("response.input_tokens");
        ((int)json["input_tokens"]!).ShouldBeGreaterThan(0);
        stage.LastRequest().Target.ShouldEndWith("/responses/input_tokens");
        foreach (var name in (string[])["stream", "store", "metadata", "max_output_tokens", "include"]) stage.LastRequest().Json!.AsObject().ContainsKey(name).ShouldBeFalse(name);
        stage.NothingRefused();
    }
}
