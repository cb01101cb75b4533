using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Forwarding.Payload;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Forwarding.Payload;

/// <summary>CLIProxyAPI's rules for the bodies of requests (wire note cliproxyapi 2.5): bytes in, bytes out.</summary>
public sealed class PayloadRulesTests
{
    private static readonly PayloadTarget Target = new("gpt-5.5", "my-gpt", Protocol.OpenAiResponses, "codex", Protocol.AnthropicMessages, [new("X-Team", "alpha")]);

    private static (string Body, IReadOnlyList<string> Changes) Apply(string payload, string body, string source = "{}", PayloadTarget? target = null)
    {
        var rules = Config.Load("payload:\n" + payload).Payload;
        var output = new ArrayBufferWriter<byte>();
        if (rules.For(target ?? Target) is not { } matching) return (body, []);
        var changes = PayloadPatch.Apply(matching, Encoding.UTF8.GetBytes(body), Encoding.UTF8.GetBytes(source), output);
        return (changes.Count == 0 ? body : Encoding.UTF8.GetString(output.WrittenSpan), changes);
    }

    [Theory]
    [InlineData("{ models: [ { name: '*' } ], params: { temperature: 0.5 } }", """{"a":1}""", "{}", """{"a":1,"temperature":0.5}""")]
    [InlineData("{ models: [ { name: '*' } ], params: { temperature: 0.5 } }", """{"temperature":1}""", """{"temperature":1}""", """{"temperature":1}""")]
    // What the translation has put there is no wish of the client's.
    [InlineData("{ models: [ { name: '*' } ], params: { max_tokens: 9 } }", """{"max_tokens":4096}""", "{}", """{"max_tokens":9}""")]
    [InlineData("{ models: [ { name: '*' } ], params: { reasoning.effort: high, 'a\\.b': yes-no } }", "{}", "{}", """{"reasoning":{"effort":"high"},"a.b":"yes-no"}""")]
    public void A_default_is_set_where_the_client_has_none(string rule, string body, string source, string expected) => Apply($"  default: [ {rule} ]", body, source).Body.ShouldBe(expected);

    [Fact]
    public void The_first_default_and_the_last_override_count()
    {
        Apply("  default: [ { models: [ { name: '*' } ], params: { t: 1 } }, { models: [ { name: '*' } ], params: { t: 2 } } ]", "{}").Body.ShouldBe("""{"t":1}""");
        Apply("  override: [ { models: [ { name: '*' } ], params: { t: 1 } }, { models: [ { name: '*' } ], params: { t: 2 } } ]", """{"t":0}""", """{"t":0}""").Body.ShouldBe("""{"t":2}""");
    }

    [Theory]
    [InlineData("filter", "[ 'tools.#(type==\"f\")' ]", """{"tools":[{"type":"g"},{"type":"f","n":2}]}""")]
    [InlineData("filter", "[ 'tools.#(type==\"f\")#' ]", """{"tools":[{"type":"g"}]}""")]
    [InlineData("filter", "[ 'tools.#(n)#.n' ]", """{"tools":[{"type":"f"},{"type":"g"},{"type":"f"}]}""")]
    [InlineData("override", "{ 'tools.#(type==\"f\" && n==2).n': 7 }", """{"tools":[{"type":"f","n":1},{"type":"g"},{"type":"f","n":7}]}""")]
    [InlineData("override", "{ 'tools.#(type!=\"f\").on': true }", """{"tools":[{"type":"f","n":1},{"type":"g","on":true},{"type":"f","n":2}]}""")]
    [InlineData("override", "{ 'tools.#(type%\"x*\")#.on': true }", """{"tools":[{"type":"f","n":1},{"type":"g"},{"type":"f","n":2}]}""")]
    [InlineData("default", "{ 'tools.#(type==\"g\").n': 9 }", """{"tools":[{"type":"f","n":1},{"type":"g","n":9},{"type":"f","n":2}]}""")]
    public void A_query_chooses_items_of_a_list_by_what_is_in_them(string group, string members, string expected)
        => Apply($"  {group}: [ {{ models: [ {{ name: '*' }} ], params: {members} }} ]", """{"tools":[{"type":"f","n":1},{"type":"g"},{"type":"f","n":2}]}""").Body.ShouldBe(expected);

    [Fact]
    public void Groups_are_applied_one_after_the_other_and_raw_values_are_JSON()
    {
        const string payload = """
              filter: [ { models: [ { name: gpt-* } ], params: [ gone, list.0, 'nested.x' ] } ]
              override-raw: [ { models: [ { name: gpt-* } ], params: { 'tools.-1': '{"type":"web_search"}', bad: '{' } } ]
              override: [ { models: [ { name: my-gpt } ], params: { flag: true, text: '1', list.3: 7 } } ]
            """;
        var (body, changes) = Apply(payload, """{"gone":1,"list":["a","b"],"nested":{"x":1,"y":"ä\u0001"},"tools":[{"type":"function"}]}""");
        body.ShouldBe("""{"list":["b",null,7],"nested":{"y":"ä\u0001"},"tools":[{"type":"function"},{"type":"web_search"}],"flag":true,"text":"1"}""");
        changes.ShouldBe(["flag", "text", "list.3", "tools.-1", "gone", "list.0", "nested.x"]);
        Config.Warnings("payload:\n" + payload).ShouldContain(problem => problem.Message == "This is not JSON; the member is left as it is.");
    }

    [Theory]
    [InlineData("{ name: gpt-5.5 }", true)]
    [InlineData("{ name: my-* }", true)]
    [InlineData("{ name: other }", false)]
    [InlineData("{ protocol: codex }", true)]
    [InlineData("{ protocol: openai }", false)]
    [InlineData("{ protocol: responses, from-protocol: claude }", true)]
    [InlineData("{ from-protocol: gemini }", false)]
    [InlineData("{ protocol: antigravity }", false)]
    [InlineData("{ match: [ { mode: fast } ] }", true)]
    [InlineData("{ match: [ { mode: slow } ] }", false)]
    [InlineData("{ not-match: [ { mode: fast } ] }", false)]
    [InlineData("{ exist: [ mode ], not-exist: [ other, nothing ] }", true)]
    [InlineData("{ exist: [ nothing ] }", false)]
    [InlineData("{ headers: { x-team: a* } }", true)]
    [InlineData("{ headers: { X-TEAM: '' } }", true)]
    [InlineData("{ headers: { x-team: b } }", false)]
    [InlineData("{ headers: { x-team: alpha, x-other: '*' } }", false)]
    [InlineData("{ match: [ { 'list.#(kind==\"a\").n': 1 } ] }", true)]
    [InlineData("{ match: [ { 'list.#(kind==\"a\").n': 3 } ] }", false)]
    [InlineData("{ match: [ { 'list.#(kind==\"a\")#.n': 3 } ] }", true)]
    [InlineData("{ exist: [ 'list.#(n>=2 && n<3).kind' ], not-exist: [ 'list.#(n>3)' ] }", true)]
    public void A_rule_is_for_what_its_models_say(string match, bool applies)
        => (Apply($"  override: [ {{ models: [ {match} ], params: {{ x: 1 }} }} ]", """{"mode":"fast","nothing":null,"list":[{"kind":"a","n":1},{"kind":"b","n":2},{"kind":"a","n":3}]}""").Changes.Count > 0).ShouldBe(applies);

    [Fact]
    public void A_channel_is_that_of_the_provider_and_paths_may_begin_at_the_envelope()
    {
        const string payload = "  override: [ { models: [ { protocol: antigravity } ], params: { request.generationConfig.topK: 5 } } ]";
        var target = Target with { Channel = "antigravity", Upstream = Protocol.Gemini };
        Apply(payload, """{"contents":[]}""", target: target).Body.ShouldBe("""{"contents":[],"generationConfig":{"topK":5}}""");
        Apply(payload, """{"request":{"contents":[]}}""", target: target).Body.ShouldBe("""{"request":{"contents":[],"generationConfig":{"topK":5}}}""");
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":")]
    [InlineData("{\"x\":1}")]
    public void What_is_no_object_or_is_so_already_goes_as_it_is(string body) => Apply("  override: [ { models: [ { name: '*' } ], params: { x: 1 } } ]", body).ShouldBe((body, []));

    [Theory]
    [InlineData("a.b.0", true)]
    [InlineData("a\\.b", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("tools.#(type==\"x\").y", true)]
    [InlineData("tools.#(a.b!=\"x)\" || c%\"y*\")#", true)]
    [InlineData("tools.#(type==\"x\"", false)]
    [InlineData("tools.#()", false)]
    [InlineData("tools.#(a)b", false)]
    [InlineData("tools.#", false)]
    [InlineData("a.*", false)]
    public void Paths_are_names_and_numbers(string text, bool isPath) => (MemberPath.Parse(text) is not null).ShouldBe(isPath);

    [Fact]
    public void What_is_not_supported_is_told()
    {
        Config.Warnings("payload: { override: [ { models: [ { name: '*' } ], params: { 'x.#': 1 } } ] }").Select(problem => problem.Path).ShouldBe(["payload.override[0].params.x.#"]);
        Config.Errors("payload: { default: [ { models: [ { from-protocol: latin } ], params: { x: 1 } } ] }").ShouldHaveSingleItem().Message.ShouldBe("'latin' is no protocol of clients.");
        Config.Warnings("payload: { defaults: [] }").ShouldHaveSingleItem().Remedy.ShouldBe("Did you mean default?");
    }

    [Fact]
    public void A_list_is_not_filled_without_end() => MemberPath.Parse("a.5000")!.Set(new JsonObject(), 1).ShouldBeFalse();
}
