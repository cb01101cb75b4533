using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>Acceptance check 53.</summary>
public sealed class CompactTests
{
    [Theory]
    [InlineData(ResponsesFixture.Claude, ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt, ResponsesFixture.Gpt)]
    [InlineData(ResponsesFixture.Chat, ResponsesFixture.Gpt)]
    [Trait("check", "responses 53")]
    public async Task A_conversation_is_replaced_by_a_summary_that_any_model_reads(string model, string then)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        stage.Upstream.Requests.ShouldBeEmpty();
        var input = new object[]
        {
            new { role = "user", content = "Build the ship." },
            new { role = "assistant", content = "The keel is laid." },
            new { role = "user", content = "Paint it red." },
        };
        var (status, compacted) = await stage.PostAsync("/v1/responses/compact", new { model, input, instructions = "You are a shipwright." });
        status.ShouldBe(200, compacted.ToJsonString());
        ResponsesFixture.Text(compacted, "object").ShouldBe("response.compaction");
        ResponsesFixture.Text(compacted, "id").ShouldNotBeNullOrEmpty();
        ((int)compacted["usage"]!["total_tokens"]!).ShouldBeGreaterThan(0);
        var output = compacted["output"]!.AsArray();
        output.Select(item => ResponsesFixture.Text(item, "type")).ShouldBe(["message", "message", "compaction"]);
        ResponsesFixture.Text(output[2], "encrypted_content")!.ShouldNotContain("summary");
        stage.LastRequest().Text.ShouldContain("The keel is laid.");
        stage.LastRequest().Text.ShouldContain("You are a shipwright.");

        var next = output.Select(item => item!.DeepClone()).Append(JsonNode.Parse("""{"role":"user","content":"say:onward"}"""));
        var answer = await stage.CreateAsync(new { model = then, input = next.ToArray(), store = false });
        ResponsesFixture.Said(answer).ShouldBe("onward");
        // The emulated model's "summary" repeats the order it was given.
        stage.LastRequest().Text.ShouldContain("The conversation so far was replaced by this summary of it");
        stage.LastRequest().Text.ShouldNotContain("encrypted_content\":\"dragoman1");
        stage.NothingRefused();
    }

    [Fact]
    public async Task A_kept_conversation_is_compacted_by_its_id()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var one = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "say:alpha" });
        var (status, compacted) = await stage.PostAsync("/backend-api/codex/responses/compact", new { model = ResponsesFixture.Claude, previous_response_id = ResponsesFixture.Text(one, "id") });
        status.ShouldBe(200, compacted.ToJsonString());
        ResponsesFixture.Text(compacted, "output", 0, "content", 0, "text").ShouldBe("say:alpha");
        ResponsesFixture.Text(compacted, "output", 1, "type").ShouldBe("compaction");
    }

    [Fact]
    public async Task Errors_of_the_upstream_are_passed_on()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, error) = await stage.PostAsync("/v1/responses/compact", new { model = ResponsesFixture.Claude, input = new[] { new { role = "user", content = "x" } }, instructions = "fault" });
        status.ShouldBe(200, error.ToJsonString());
        (status, error) = await stage.PostAsync("/v1/responses/compact", new { model = "no-such-model", input = "x" });
        status.ShouldBe(404);
        ResponsesFixture.Text(error, "error", "code").ShouldBe("model_not_found");
        (status, _) = await stage.PostAsync("/v1/responses/compact", new { model = ResponsesFixture.Claude });
        status.ShouldBe(400);
    }
}
