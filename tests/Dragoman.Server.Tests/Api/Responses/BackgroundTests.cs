using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>Responses made without their client: acceptance checks 51 and 52.</summary>
public sealed class BackgroundTests
{
    [Theory]
    [InlineData(ResponsesFixture.Claude)]
    [InlineData(ResponsesFixture.Gpt)]
    [Trait("check", "responses 51")]
    public async Task It_is_queued_at_once_and_completes_by_itself(string model)
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var queued = await stage.CreateAsync(new { model, input = "say:done", background = true, metadata = new { job = "7" } });
        ResponsesFixture.Text(queued, "status").ShouldBe("queued");
        ((bool)queued["background"]!).ShouldBeTrue();
        queued["output"]!.AsArray().ShouldBeEmpty();
        var id = ResponsesFixture.Text(queued, "id")!;
        var done = await stage.EndOfAsync(id);
        ResponsesFixture.Text(done, "status").ShouldBe("completed");
        ResponsesFixture.Text(done, "id").ShouldBe(id);
        ((bool)done["background"]!).ShouldBeTrue();
        ResponsesFixture.Text(done, "metadata", "job").ShouldBe("7");
        ResponsesFixture.Said(done).ShouldBe("done");
        stage.LastRequest().Json!.AsObject().ContainsKey("background").ShouldBeFalse();
        stage.NothingRefused();

        var next = await stage.CreateAsync(new { model = ResponsesFixture.Chat, input = "say:next", previous_response_id = id });
        ResponsesFixture.Said(next).ShouldBe("next");
        stage.LastRequest().Text.ShouldContain("say:done");
        var (_, again) = await stage.PostAsync($"/v1/responses/{id}/cancel", "{}");
        ResponsesFixture.Text(again, "status").ShouldBe("completed");
    }

    [Fact]
    [Trait("check", "responses 51")]
    public async Task A_running_one_is_seen_and_cancelled()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var queued = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = ResponsesFixture.Long(40, "stall=6"), background = true });
        var id = ResponsesFixture.Text(queued, "id")!;
        (await stage.GetAsync($"/v1/responses/{id}")).Status.ShouldBe(200);
        stage.Gateway.OpenRequests.ShouldBe(1);
        var (refused, error) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", previous_response_id = id });
        refused.ShouldBe(409, error.ToJsonString());
        var (status, cancelled) = await stage.PostAsync($"/v1/responses/{id}/cancel", "{}");
        status.ShouldBe(200);
        ResponsesFixture.Text(cancelled, "status").ShouldBe("cancelled");
        ResponsesFixture.Text((await stage.GetAsync($"/v1/responses/{id}")).Json, "status").ShouldBe("cancelled");
        await Poll.UntilAsync(() => stage.LastRequest().Aborted && stage.Gateway.OpenRequests == 0);
        var events = await stage.StreamAsync($"/v1/responses/{id}?stream=true");
        ResponsesFixture.Text(events[^1], "response", "status").ShouldBe("cancelled");
    }

    [Fact]
    public async Task Only_background_ones_can_be_cancelled()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var response = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "hi" });
        (await stage.PostAsync($"/v1/responses/{ResponsesFixture.Text(response, "id")}/cancel", "{}")).Status.ShouldBe(400);
        (await stage.PostAsync("/v1/responses/resp_nobody/cancel", "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task It_has_to_be_stored()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        var (status, error) = await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = "hi", background = true, store = false });
        status.ShouldBe(400);
        ResponsesFixture.Text(error, "error", "param").ShouldBe("background");
    }

    [Fact]
    public async Task Faults_of_the_request_are_told_at_once_and_those_of_the_upstream_later()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        (await stage.PostAsync("/v1/responses", new { model = "no-such-model", input = "hi", background = true })).Status.ShouldBe(404);
        (await stage.PostAsync("/v1/responses", new { model = ResponsesFixture.Claude, input = 7, background = true })).Status.ShouldBe(400);
        var queued = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = "fault:status=400", background = true });
        var failed = await stage.EndOfAsync(ResponsesFixture.Text(queued, "id")!);
        ResponsesFixture.Text(failed, "status").ShouldBe("failed");
        ResponsesFixture.Text(failed, "error", "message").ShouldNotBeNullOrEmpty();
        ResponsesFixture.Text(failed, "error", "code").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Its_stream_can_be_left_and_taken_up_again()
    {
        await using var stage = await ResponsesFixture.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses");
        request.Content = new StringContent($$"""{"model":"{{ResponsesFixture.Claude}}","input":"{{ResponsesFixture.Long(30, "pace=15")}}","background":true,"stream":true}""", Encoding.UTF8, "application/json");
        string id;
        using (var response = await stage.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            (await reader.ReadLineAsync()).ShouldBe("event: response.created");
            var created = JsonNode.Parse((await reader.ReadLineAsync())!["data: ".Length..])!;
            ResponsesFixture.Text(created, "response", "status").ShouldBe("queued");
            id = ResponsesFixture.Text(created, "response", "id")!;
        }

        var rest = await stage.StreamAsync($"/v1/responses/{id}?stream=true&starting_after=3");
        rest.Select(data => (int)data["sequence_number"]!).ShouldBe(Enumerable.Range(4, rest.Count));
        ResponsesFixture.Text(rest[^1], "type").ShouldBe("response.completed");
        ResponsesFixture.Text(rest[^1], "response", "id").ShouldBe(id);
        ResponsesFixture.Said(rest[^1]["response"]!).ShouldEndWith("word30");
        var all = await stage.StreamAsync($"/v1/responses/{id}?stream=true");
        all.Take(3).Select(data => ResponsesFixture.Text(data, "type")).ShouldBe(["response.created", "response.queued", "response.in_progress"]);
        all.Where(data => data["response"] is not null).ShouldAllBe(data => ResponsesFixture.Text(data, "response", "id") == id);
    }

    [Fact]
    public async Task A_stop_waits_for_it_and_then_cuts_it_off()
    {
        await using var stage = await ResponsesFixture.OpenAsync("drain-timeout-seconds: 1");
        var done = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = ResponsesFixture.Long(10, "pace=20"), background = true });
        var stuck = await stage.CreateAsync(new { model = ResponsesFixture.Claude, input = ResponsesFixture.Long(40, "stall=6"), background = true });
        stage.Gateway.OpenRequests.ShouldBe(2);
        var stop = stage.Gateway.StopAsync();
        ResponsesFixture.Text(await stage.EndOfAsync(ResponsesFixture.Text(done, "id")!), "status").ShouldBe("completed");
        stop.IsCompleted.ShouldBeFalse();
        await stop;
        await Poll.UntilAsync(() => stage.Gateway.OpenRequests == 0);
        stuck.ShouldNotBeNull();
    }
}
