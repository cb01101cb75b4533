using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Tools: calls, results and their agreement.</content>
public abstract partial class UpstreamConformance
{
    protected static readonly ToolSpec Weather = new("get_weather", Json.Object("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}"""));

    protected static readonly ToolSpec Clock = new("clock", Json.Object("""{"type":"object","properties":{}}"""));

    [Theory, ClientProtocolData]
    public async Task A_tool_is_called_and_its_result_is_read(string client, bool stream)
    {
        var ask = Ask.Of("""call:get_weather {"city":"Zürich \"Nord\" 🌧","days":2}""") with { Tools = [Weather, Clock], System = "Use tools." };
        var first = await AnswerAsync(client, ask, stream);
        var call = first.Calls.ShouldHaveSingleItem();
        call.Name.ShouldBe("get_weather");
        Arguments(call, """{"city":"Zürich \"Nord\" 🌧","days":2}""");
        first.Ending.ShouldBe(Ending.Calls);
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first), new ResultsTurn(new ToolResult(call, "rain,\n\"heavy\" ☔"))), stream);
        second.Text.ShouldBe("get_weather answered: rain,\n\"heavy\" ☔");
        second.Ending.ShouldBe(Ending.Stop);
    }

    [Theory, ClientProtocolData]
    public async Task Arguments_keep_their_order_and_spelling(string client, bool stream)
    {
        const string arguments = """{"z":1,"a":{"y":[1,2,{"deep":null}],"b":"x"},"m":"ü\n","k":12345678901234567890}""";
        // OpenAI wants objects to list properties, and no other language's client knows.
        var schema = client == House.Name ? """{"type":"object","properties":{},"additionalProperties":true}""" : """{"type":"object","additionalProperties":true}""";
        var ask = Ask.Of("call:free " + arguments) with { Tools = [new("free", Json.Object(schema))] };
        var result = await AnswerAsync(client, ask, stream);
        Arguments(result.Calls.ShouldHaveSingleItem(), arguments);
    }

    [Theory, ClientProtocolData]
    public async Task A_call_without_arguments_passes_an_empty_object(string client, bool stream)
    {
        var ask = Ask.Of("call:clock {}") with { Tools = [Clock] };
        var result = await AnswerAsync(client, ask, stream);
        result.Calls.ShouldHaveSingleItem().Arguments.ShouldBe("{}");
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(result), new ResultsTurn(new ToolResult(result.Calls[0], "noon"))), stream);
        second.Text.ShouldBe("clock answered: noon");
    }

    [Theory, ClientProtocolData]
    public async Task Parallel_calls_arrive_apart_and_find_their_results(string client, bool stream)
    {
        var ask = Ask.Of("call:get_weather {\"city\":\"Rome\"}\ncall:clock {}\ncall:get_weather {\"city\":\"Oslo\"}") with { Tools = [Weather, Clock] };
        var first = await AnswerAsync(client, ask, stream);
        first.Calls.Select(call => call.Name).ShouldBe(["get_weather", "clock", "get_weather"]);
        Arguments(first.Calls[2], """{"city":"Oslo"}""");
        var results = first.Calls.Select((call, number) => new ToolResult(call, $"result {number}")).ToArray();
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first), new ResultsTurn(results)), stream);
        second.Text.ShouldBe("get_weather answered: result 0\nclock answered: result 1\nget_weather answered: result 2");
    }

    [Theory, ClientProtocolData]
    public async Task Several_rounds_of_calls_are_one_conversation(string client, bool stream)
    {
        var ask = Ask.Of("call:get_weather {\"city\":\"Rome\"}\nthen\ncall:clock {}") with { Tools = [Weather, Clock] };
        var first = await AnswerAsync(client, ask, stream);
        first.Calls.ShouldHaveSingleItem().Name.ShouldBe("get_weather");
        ask = ask.Then(new ModelTurn(first), new ResultsTurn(new ToolResult(first.Calls[0], "sun")));
        var second = await AnswerAsync(client, ask, stream);
        second.Calls.ShouldHaveSingleItem().Name.ShouldBe("clock");
        var third = await AnswerAsync(client, ask.Then(new ModelTurn(second), new ResultsTurn(new ToolResult(second.Calls[0], "noon"))), stream);
        third.Text.ShouldBe("clock answered: noon");
    }

    [Theory, ClientProtocolData(Needs = nameof(ClientDriver.TellsToolErrors))]
    public async Task A_failed_tool_is_told_as_failed(string client, bool stream)
    {
        var ask = Ask.Of("call:clock {}") with { Tools = [Clock] };
        var first = await AnswerAsync(client, ask, stream);
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first), new ResultsTurn(new ToolResult(first.Calls[0], "no battery", IsError: true))), stream);
        if (House.TellsToolErrors) second.Text.ShouldBe("clock failed: no battery");
        else second.Text.ShouldContain("no battery");
    }

    [Theory, ClientProtocolData(Needs = nameof(ClientDriver.ShowsImagesInResults))]
    public async Task A_picture_in_a_tool_result_is_seen(string client, bool stream)
    {
        var ask = Ask.Of("call:clock {}") with { Tools = [Clock], Model = "r" };
        var first = await AnswerAsync(client, ask, stream);
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first), new ResultsTurn(new ToolResult(first.Calls[0], "a photo", Image: Picture))), stream);
        second.Text.ShouldContain("a photo");
        second.Text.ShouldContain(PictureSeen);
    }

    [Theory, ClientProtocolData]
    public async Task A_tool_can_be_required(string client, bool stream)
    {
        var ask = Ask.Of("Hello") with { Tools = [Clock, Weather] };
        (await AnswerAsync(client, ask with { Choice = "required" }, stream)).Calls.ShouldHaveSingleItem().Name.ShouldBe("clock");
        (await AnswerAsync(client, ask with { Choice = "get_weather" }, stream)).Calls.ShouldHaveSingleItem().Name.ShouldBe("get_weather");
        var none = await AnswerAsync(client, Ask.Of("call:clock {}") with { Tools = [Clock], Choice = "none" }, stream);
        none.Calls.ShouldBeEmpty();
    }

    [Theory, ClientProtocolData(Only = ["chat", "responses", "messages", "invoke"])]
    public async Task One_call_at_a_time_is_kept_or_told_as_lost(string client, bool stream)
    {
        var ask = Ask.Of("call:clock {}\ncall:get_weather {\"city\":\"Rome\"}") with { Tools = [Clock, Weather], Parallel = false };
        var result = await AnswerAsync(client, ask, stream);
        if (House.OneCallAtATime) result.Calls.ShouldHaveSingleItem();
        else result.Losses.ShouldNotBeEmpty();
    }

    [Theory, ClientProtocolData(Only = ["chat", "responses"])]
    public async Task A_free_text_tool_works_with_every_upstream(string client, bool stream)
    {
        var ask = Ask.Of("call:run_sql SELECT \"a\" FROM t WHERE b = 'ü';") with { Tools = [new("run_sql", null), Clock] };
        var first = await AnswerAsync(client, ask, stream);
        var call = first.Calls.ShouldHaveSingleItem();
        call.Custom.ShouldBeTrue("The client declared a free-text tool.");
        call.Arguments.ShouldBe("SELECT \"a\" FROM t WHERE b = 'ü';");
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first), new ResultsTurn(new ToolResult(call, "7 rows"))), stream);
        second.Text.ShouldBe("run_sql answered: 7 rows");
    }

    [Theory, ClientProtocolData(Only = ["messages", "gemini", "invoke"], Translated = true)]
    public async Task A_tool_name_that_the_upstream_does_not_allow_comes_back_as_it_was(string client, bool stream)
    {
        var name = client == "gemini" ? "mcp.server:list_files" : new string('n', 100);
        var ask = Ask.Of($"call:{name} {{}}") with { Tools = [new(name, Clock.Schema)], Choice = "required" };
        var first = await AskAsync(client, ask, stream);
        first.Error.ShouldBeNull(first.Raw);
        first.Calls.ShouldHaveSingleItem().Name.ShouldBe(name);
        var second = await AnswerAsync(client, (ask with { Choice = null }).Then(new ModelTurn(first), new ResultsTurn(new ToolResult(first.Calls[0], "ok"))), stream);
        second.Text.ShouldContain("answered: ok");
    }

    private void Arguments(ClientToolCall call, string expected)
    {
        // Where the upstream speaks of text and the client reads text, every byte has to be the same.
        if (House.ArgumentsAreObjects || call.Arguments.Length == 0 || call.Arguments[0] != '{') Json.Same(call.Arguments, expected).ShouldBeTrue(call.Arguments);
        else JsonNode.Parse(call.Arguments)!.ToJsonString(Json.Plain).ShouldBe(JsonNode.Parse(expected)!.ToJsonString(Json.Plain));
    }
}
