using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>Reasoning with its signature goes to the client and comes back on the next turn, or out of the vault where the client kept none of it.</summary>
/// <param name="Feature">What people call it.</param>
/// <param name="Says">What the upstream answers first, by upstream language.</param>
/// <param name="Keeps">Whether the client sends the answer back as it got it, or only its words and calls.</param>
internal sealed record RoundTrip(string Feature, IReadOnlyDictionary<string, NativeAnswer> Says, bool Keeps)
{
    private const string Seal = "U0lHNDcxMQ==";

    private static readonly Dictionary<string, NativeAnswer> Calling = new()
    {
        ["responses"] = new($$"""{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I ponder."}],"encrypted_content":"{{Seal}}"},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"lookup","arguments":"{\"q\":\"x\"}","status":"completed"}"""),
        ["messages"] = new($$$"""{"type":"thinking","thinking":"I ponder.","signature":"{{{Seal}}}"},{"type":"tool_use","id":"toolu_1","name":"lookup","input":{"q":"x"}}""", "tool_use"),
        ["gemini"] = new($$$"""{"text":"I ponder.","thought":true},{"functionCall":{"name":"lookup","args":{"q":"x"}},"thoughtSignature":"{{{Seal}}}"}"""),
        ["bedrock-converse"] = new($$$$"""{"reasoningContent":{"reasoningText":{"text":"I ponder.","signature":"{{{{Seal}}}}"}}},{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}""", "tool_use"),
    };

    private static readonly Dictionary<string, NativeAnswer> Redacted = new()
    {
        ["messages"] = new($$$"""{"type":"redacted_thinking","data":"{{{Seal}}}"},{"type":"tool_use","id":"toolu_1","name":"lookup","input":{"q":"x"}}""", "tool_use"),
        ["bedrock-converse"] = new($$$$"""{"reasoningContent":{"redactedContent":"{{{{Seal}}}}"}},{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}""", "tool_use"),
    };

    private static readonly Dictionary<string, NativeAnswer> Speaking = new()
    {
        ["responses"] = new($$"""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"{{Seal}}"},{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"A word of its own.","annotations":[]}]}"""),
        ["messages"] = new($$$"""{"type":"thinking","thinking":"I ponder.","signature":"{{{Seal}}}"},{"type":"text","text":"A word of its own."}"""),
        ["gemini"] = new($$$"""{"text":"A word of its own.","thoughtSignature":"{{{Seal}}}"}"""),
        ["bedrock-converse"] = new($$$$"""{"reasoningContent":{"reasoningText":{"text":"I ponder.","signature":"{{{{Seal}}}}"}}},{"text":"A word of its own."}"""),
    };

    public static IReadOnlyList<RoundTrip> All { get; } =
    [
        new("signature before a call", Calling, Keeps: true),
        new("signature before a call, which the client dropped", Calling, Keeps: false),
        new("words of signed reasoning that the client did not want to see", new Dictionary<string, NativeAnswer>(Calling.Where(entry => entry.Key is "messages" or "bedrock-converse")), Keeps: true) { Hides = true },
        new("redacted reasoning before a call", Redacted, Keeps: true),
        new("redacted reasoning before a call, which the client dropped", Redacted, Keeps: false),
        new("signature before words", Speaking, Keeps: true),
        new("signature before words, which the client dropped", Speaking, Keeps: false),
    ];

    /// <summary>Whether the client asks not to see the words; then it is they that have to return.</summary>
    public bool Hides { get; init; }

    /// <summary>Whether the upstream has such reasoning and the client's language has conversations.</summary>
    public bool Concerns(string upstream, string client) => client != "completions" && SaidBy(upstream) is not null && (!Hides || HiddenBy(client) is not null);

    /// <summary>Two turns; gives what became of the signature.</summary>
    public async Task<string> TakeAsync(UpstreamScenario house, string client)
    {
        var driver = ClientDriver.All[client];
        var tool = new ToolSpec("lookup", Json.Object("""{"type":"object","properties":{"q":{"type":"string"}}}"""));
        // Words of one's own: what an earlier trip put into the vault must not help this one.
        var ask = Ask.Of($"{Feature} {client}") with { Model = "r", Effort = "high", Tools = [tool], Extra = Hides ? HiddenBy(client) : null };
        var own = $"{house.Name}{client}{Feature}".GetHashCode(StringComparison.Ordinal);
        var answer = SaidBy(house.Name)!;
        answer = answer with { Content = answer.Content.Replace("_1\"", $"_{(uint)own}\"", StringComparison.Ordinal).Replace("of its own", $"of its own {own}", StringComparison.Ordinal) };
        house.Emulator.Script.Add(answer.Reply(house.Name, stream: false));
        var first = await driver.AskAsync(house.Http, ask, stream: false);
        first.Error.ShouldBeNull(first.Raw);
        var native = Keeps ? first : first with { Native = UpstreamConformance.Bare(client, first) };
        Turn next = first.Calls.Count > 0 ? new ResultsTurn(new ToolResult(first.Calls[0], "found")) : Turn.User("Go on.");
        house.Emulator.Script.Add(new NativeAnswer(house.Name switch
        {
            "responses" => """{"type":"message","id":"msg_9","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[]}]}""",
            "messages" or "bedrock-anthropic" => """{"type":"text","text":"Done."}""",
            _ => """{"text":"Done."}""",
        }).Reply(house.Name, stream: false));
        ClientResult second = null!;
        var requests = await house.DuringAsync(async () => second = await driver.AskAsync(house.Http, ask.Then(new ModelTurn(native), next), stream: false));
        second.Error.ShouldBeNull(second.Raw);
        if (Hides) return first.Raw.Contains("I ponder", StringComparison.Ordinal) || !requests[^1].Text.Contains("I ponder", StringComparison.Ordinal) ? "" : "put back by the gateway";
        if (requests[^1].Text.Contains(Seal, StringComparison.Ordinal)) return first.Raw.Contains(Seal, StringComparison.Ordinal) && Keeps ? "carried back" : "put back by the gateway";
        return "";
    }

    private static JsonObject? HiddenBy(string client) => client switch
    {
        "messages" or "invoke" => Json.Object("""{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}"""),
        "converse" => Json.Object("""{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}}"""),
        "gemini" => Json.Object("""{"generationConfig":{"maxOutputTokens":8000,"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":false}}}"""),
        _ => null,
    };

    private NativeAnswer? SaidBy(string upstream) => Says.GetValueOrDefault(upstream == "bedrock-anthropic" ? "messages" : upstream);
}
