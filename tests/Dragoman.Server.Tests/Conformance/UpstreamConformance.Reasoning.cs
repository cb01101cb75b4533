using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance;

/// <content>Reasoning: shown, and carried back whole.</content>
public abstract partial class UpstreamConformance
{
    [Theory, ClientProtocolData]
    public async Task Reasoning_is_asked_for_and_shown(string client, bool stream)
    {
        var (result, requests) = await SeeAsync(client, Ask.Of("say:Done.") with { Model = "r", Effort = "medium" }, stream);
        result.Error.ShouldBeNull(result.Raw);
        result.Text.ShouldBe("Done.");
        requests.ShouldHaveSingleItem().Text.ShouldMatch("reasoning|thinking");
        // OpenAI shows summaries to whom it has verified: a Chat client, which cannot ask for them, gets none asked for.
        if (House.ShowsReasoning && (client, House.Name) != ("chat", "responses")) result.Reasoning.ShouldContain("I shall do what is asked.");
        result.Ending.ShouldBe(Ending.Stop);
    }

    [Theory, ClientProtocolData]
    public async Task Reasoning_returns_with_the_next_turn_in_a_form_that_the_upstream_trusts(string client, bool stream)
    {
        var ask = Ask.Of("call:get_weather {\"city\":\"Rome\"}\ncall:clock {}\nthen\ncall:clock {}") with { Model = "r", Effort = "medium", Tools = [Weather, Clock] };
        var first = await AnswerAsync(client, ask, stream);
        ask = ask.Then(new ModelTurn(first), new ResultsTurn([.. first.Calls.Select(call => new ToolResult(call, "ok"))]));
        var (second, requests) = await SeeAsync(client, ask, stream);
        second.Error.ShouldBeNull(second.Raw);
        second.Calls.ShouldHaveSingleItem().Name.ShouldBe("clock");
        if (House.SignsReasoning) requests.ShouldHaveSingleItem().Text.ShouldMatch("signature|Signature|encrypted_content");
        ask = ask.Then(new ModelTurn(second), new ResultsTurn(new ToolResult(second.Calls[0], "noon")));
        var third = await AnswerAsync(client, ask, stream);
        third.Text.ShouldContain("clock answered: noon");
        var last = await AnswerAsync(client, ask.Then(new ModelTurn(third), Turn.User("say:Bye.")), stream);
        last.Text.ShouldBe("Bye.");
    }

    [Theory, ClientProtocolData(OtherModels = true)]
    public async Task A_client_that_drops_the_reasoning_is_helped_out(string client, bool stream)
    {
        // A client that keeps of an answer only its call, as many do: the signature comes out of the vault, or is not needed.
        var ask = Ask.Of("call:clock {}") with { Model = "r", Effort = "medium", Tools = [Clock] };
        var first = await AnswerAsync(client, ask, stream);
        var bare = Bare(client, first);
        var second = await AnswerAsync(client, ask.Then(new ModelTurn(first with { Native = bare }), new ResultsTurn(new ToolResult(first.Calls[0], "noon"))), stream);
        second.Text.ShouldContain("clock answered: noon");
    }

    internal static System.Text.Json.Nodes.JsonNode Bare(string client, ClientResult result)
    {
        var native = result.Native!.Copy();
        switch (client)
        {
            case "chat":
                native.AsObject().Remove("reasoning_content");
                native.AsObject().Remove("reasoning_details");
                foreach (var call in native["tool_calls"].Items()) call.AsObject().Remove("extra_content");
                return native;
            case "responses":
                return Json.Array(native.Items().Where(item => item["type"].Str() != "reasoning").Select(item => item.Copy()));
            case "converse":
                return Json.Array(native.Items().Where(item => item["reasoningContent"] is null).Select(item => item.Copy()));
            case "messages" or "invoke":
                return Json.Array(native.Items().Where(item => item["type"].Str() is not ("thinking" or "redacted_thinking")).Select(item => item.Copy()));
            default:
                native["parts"] = Json.Array(native["parts"].Items().Where(part => part["thought"] is null).Select(part => part.Copy()));
                foreach (var part in native["parts"].Items()) part.AsObject().Remove("thoughtSignature");
                return native;
        }
    }
}
