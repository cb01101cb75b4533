using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Words: they arrive as they were said.</content>
public abstract partial class UpstreamConformance
{
    [Theory, ClientProtocolData(Completions = true)]
    public async Task Text_and_usage_arrive(string client, bool stream)
    {
        var result = await AnswerAsync(client, Ask.Of("say:Hello there."), stream);
        result.Text.ShouldBe("Hello there.");
        result.Ending.ShouldBe(Ending.Stop);
        result.Calls.ShouldBeEmpty();
        result.Usage!.Input.ShouldBeGreaterThan(0);
        result.Usage.Output.ShouldBe(3);
        result.Header("x-dragoman-model").ShouldNotBeNull();
        result.Header("x-dragoman-attempts").ShouldBe("1");
    }

    [Theory, ClientProtocolData(Completions = true)]
    public async Task Any_characters_arrive_as_they_were_said(string client, bool stream)
    {
        const string strange = "Grüße 👩‍👩‍👧‍👦 🏳️‍🌈 日本語 \\ \"quoted\" 'single' </script> \u2028\u2029 a\tb \u0001 {\"json\":[1,2]} ${x} `tick` end";
        var result = await AnswerAsync(client, Ask.Of("say:" + strange), stream);
        result.Text.ShouldBe(House.TakesControlCharacters ? strange : strange.Replace("\u0001", "", StringComparison.Ordinal));
        if (!House.TakesControlCharacters) result.Losses.ShouldContain("text");
    }

    [Theory, ClientProtocolData(Completions = true)]
    public async Task Line_ends_arrive_as_they_were_said(string client, bool stream)
    {
        const string lines = "first\r\nsecond\n\n\nthird\r\n\tfourth";
        var (result, requests) = await SeeAsync(client, Ask.Of(lines), stream);
        requests.ShouldHaveSingleItem().Text.ShouldContain(@"first\r\nsecond\n\n\nthird\r\n\tfourth");
        result.Text.ShouldBe("You said: " + lines);
    }

    [Theory, ClientProtocolData(Completions = true)]
    public async Task Very_long_words_arrive_whole(string client, bool stream)
    {
        // Multi-byte characters, so that every buffer's edge falls into one sooner or later.
        var text = string.Concat(Enumerable.Range(0, 4_000).Select(number => $"{number}€ü"));
        var result = await AnswerAsync(client, Ask.Of("say:" + text) with { MaxTokens = 60_000, Model = House.Name is "bedrock-converse" ? "r" : "m" }, stream);
        result.Text.ShouldBe(text);
    }

    [Theory, ClientProtocolData]
    public async Task A_conversation_of_several_turns_is_understood(string client, bool stream)
    {
        var ask = Ask.Of("say:One.") with { System = "Be brief." };
        var first = await AnswerAsync(client, ask, stream);
        var (second, requests) = await SeeAsync(client, ask.Then(new ModelTurn(first), Turn.User("say:Two.")), stream);
        second.Text.ShouldBe("Two.");
        var text = requests.ShouldHaveSingleItem().Text;
        text.ShouldContain("Be brief.");
        text.IndexOf("say:One.", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("\"One.\"", StringComparison.Ordinal));
        text.IndexOf("\"One.\"", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("say:Two.", StringComparison.Ordinal));
    }

    [Theory, ClientProtocolData(Translated = true)]
    public async Task A_model_turn_without_words_is_no_stumbling_block(string client, bool stream)
    {
        var result = await AnswerAsync(client, Ask.Of("Hello").Then(new MadeTurn(""), Turn.User("say:Still here.")), stream);
        result.Text.ShouldBe("Still here.");
    }

    [Theory, ClientProtocolData(Needs = nameof(ClientDriver.InstructsMidway))]
    public async Task Instructions_in_the_midst_of_a_conversation_reach_the_upstream(string client, bool stream)
    {
        var ask = new Ask
        {
            System = "SYSTEM-ONE",
            Turns = [new InstructionTurn("developer", "DEVELOPER-TWO"), Turn.User("Hello"), new MadeTurn("Hi."), new InstructionTurn("system", "SYSTEM-THREE"), Turn.User("say:Fine.")],
        };
        var (result, requests) = await SeeAsync(client, ask, stream);
        result.Text.ShouldBe("Fine.");
        var text = requests.ShouldHaveSingleItem().Text;
        text.ShouldContain("SYSTEM-ONE");
        text.ShouldContain("DEVELOPER-TWO");
        text.ShouldContain("SYSTEM-THREE");
        text.IndexOf("SYSTEM-THREE", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("say:Fine.", StringComparison.Ordinal));
    }

    [Theory, ClientProtocolData(Completions = true)]
    public async Task An_output_limit_ends_the_answer_and_says_so(string client, bool stream)
    {
        var result = await AnswerAsync(client, Ask.Of("words:200") with { MaxTokens = 20 }, stream);
        result.Text.ShouldStartWith("word1 word2");
        if (!House.LimitsLength)
        {
            result.Losses.ShouldContain("max_output_tokens");
            return;
        }

        result.Ending.ShouldBe(Ending.Length);
        result.Text.ShouldNotContain("word200");
    }

    [Theory, ClientProtocolData(Completions = true, Only = ["chat", "messages", "gemini", "completions", "converse", "invoke"])]
    public async Task Stop_words_end_the_answer(string client, bool stream)
    {
        var result = await AnswerAsync(client, Ask.Of("words:9") with { Stops = ["word5"] }, stream);
        if (House.Stops)
        {
            result.Text.TrimEnd().ShouldBe("word1 word2 word3 word4");
            result.Ending.ShouldBe(Ending.Stop);
        }
        else
        {
            result.Losses.ShouldContain("stop");
        }
    }

    [Theory, ClientProtocolData]
    public async Task A_schema_shapes_the_answer(string client, bool stream)
    {
        var schema = Json.Object("""{"type":"object","properties":{"city":{"type":"string"},"count":{"type":"integer"}},"required":["city","count"],"additionalProperties":false}""");
        var result = await AnswerAsync(client, Ask.Of("Where?") with { Schema = schema, Model = House.Name == "bedrock-converse" ? "r" : "m" }, stream);
        var answer = JsonNode.Parse(result.Text).ShouldBeOfType<JsonObject>();
        answer["city"].Str().ShouldNotBeNull();
        answer.ContainsKey("count").ShouldBeTrue();
        result.Ending.ShouldBe(Ending.Stop);
        result.Calls.ShouldBeEmpty();
    }
}
