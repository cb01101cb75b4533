using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.BedrockConverse;

public partial class BedrockConverseRequestTests
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Newest = "us.anthropic.claude-opus-4-7";
    private const string Nova = "amazon.nova-pro-v1:0";
    private readonly ConversationRequest _request = new() { Source = Protocol.OpenAiChat };
    private TranslationContext _exchange = null!;

    [Fact]
    public void System_and_text_stand_where_converse_wants_them()
    {
        _request.System.Add(Text("Be brief."));
        _request.System.Add(Text("  "));
        _request.MaxOutputTokens = 1024;
        _request.Sampling.Temperature = 0.2;
        _request.StopSequences.AddRange(["", "END"]);
        User(Text("Hi \"you\"\n"));
        Write(Nova).ShouldBe("""{"system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":1024,"temperature":0.2,"stopSequences":["END"]},"messages":[{"role":"user","content":[{"text":"Hi \"you\"\n"}]}]}""");
    }

    [Fact]
    public void Turns_alternate_and_blank_text_is_never_sent()
    {
        Assistant(Text("I begin"));
        User(Text("a"));
        User(Text("   "), Text("b"));
        Assistant(Text("\n"));
        User(Text("c"));
        Messages(Sonnet).ShouldBe("""[{"role":"user","content":[{"text":"(continued)"}]},{"role":"assistant","content":[{"text":"I begin"}]},{"role":"user","content":[{"text":"a"},{"text":"b"},{"text":"c"}]}]""");
    }

    [Fact]
    public void A_conversation_of_nothing_is_refused()
    {
        User(Text(" "));
        Should.Throw<WireException>(() => Write(Sonnet)).Error.Kind.ShouldBe(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void Operator_text_in_the_middle_stays_there_as_a_reminder()
    {
        _request.System.Add(Text("first"));
        User(Text("a"));
        Add(Role.Developer, Text("later"));
        Part(Sonnet, "system").ShouldBe("""[{"text":"first"}]""");
        Messages(Sonnet).ShouldBe("""[{"role":"user","content":[{"text":"a"},{"text":"<system-reminder>\nlater\n</system-reminder>"}]}]""");
        _exchange.Losses.Any.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Sonnet, """[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[{"text":"It is"}]}]""")]
    [InlineData("us.anthropic.claude-sonnet-4-6", """[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[{"text":"It is  "}]},{"role":"user","content":[{"text":"Please continue."}]}]""")]
    public void A_prefilled_answer_is_kept_only_where_the_model_takes_one(string model, string expected)
    {
        User(Text("q"));
        Assistant(Text("It is  "));
        Messages(model).ShouldBe(expected);
    }

    [Fact]
    public void Calls_and_results_are_paired_in_the_order_of_the_calls()
    {
        Declare("ls");
        User(Text("go"));
        Assistant(Text(""), Call("a", "ls", ""), Call("b", "ls", """{"z":1, "a":2}"""));
        Add(Role.User, Text("and then"));
        Add(Role.User, Result("b", Text("two")));
        Add(Role.User, Result("a", Text("one")), Result("gone", Text("orphan")));
        Messages(Sonnet).ShouldBe("""[{"role":"user","content":[{"text":"go"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"ls","input":{}}},{"toolUse":{"toolUseId":"b","name":"ls","input":{"z":1, "a":2}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"text":"one"}]}},{"toolResult":{"toolUseId":"b","content":[{"text":"two"}]}},{"text":"and then"},{"text":"[Result of the tool call gone]"},{"text":"orphan"}]}]""");
    }

    [Fact]
    public void A_call_without_a_result_gets_an_error_and_an_empty_result_a_word()
    {
        Declare("ls");
        User(Text("go"));
        Assistant(Call("a", "ls", "{}"), Call("b", "ls", "{}"));
        User(Result("b"));
        Messages(Sonnet).ShouldContain("""[{"toolResult":{"toolUseId":"a","content":[{"text":"[The tool call was interrupted: there is no result.]"}],"status":"error"}},{"toolResult":{"toolUseId":"b","content":[{"text":"(empty)"}]}}]""");
        Assistant(Call("c", "ls", "{}"));
        Messages(Sonnet).ShouldEndWith("""{"role":"user","content":[{"toolResult":{"toolUseId":"c","content":[{"text":"[The tool call was interrupted: there is no result.]"}],"status":"error"}}]}]""");
    }

    [Fact]
    public void Results_carry_errors_objects_and_pictures()
    {
        Declare("ls");
        User(Text("go"));
        Assistant(Call("a", "ls", "{}"), Call("b", "ls", "{}"));
        User(
            new ToolResultBlock("a", [Text("see"), new ImageBlock(new MediaSource { MediaType = "image/jpg", Base64 = JsonText.From("/9j/AA==") })]) { IsError = true },
            new ToolResultBlock("b", []) { Value = JsonSlice.Parse("""{"ok": true}""") });
        var messages = Messages(Sonnet);
        messages.ShouldContain("""{"toolUseId":"a","content":[{"text":"see"},{"image":{"format":"jpeg","source":{"bytes":"/9j/AA=="}}}],"status":"error"}""");
        messages.ShouldContain("""{"toolUseId":"b","content":[{"json":{"ok": true}}]}""");
        Messages("meta.llama3-1-70b-instruct-v1:0").ShouldNotContain("status");
    }

    [Theory]
    [InlineData("call:1/2")]
    [InlineData("")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void Ids_that_are_not_allowed_are_replaced_alike_on_both_sides(string id)
    {
        Declare("ls");
        User(Text("go"));
        Assistant(Call(id, "ls", "{}"));
        User(Result(id, Text("x")));
        using var first = JsonDocument.Parse(Messages(Sonnet));
        var call = first.RootElement[1].GetProperty("content")[0].GetProperty("toolUse").GetProperty("toolUseId").GetString()!;
        var result = first.RootElement[2].GetProperty("content")[0].GetProperty("toolResult").GetProperty("toolUseId").GetString();
        result.ShouldBe(call);
        call.ShouldMatch("^[a-zA-Z0-9_.:-]{1,64}$");
        Messages(Sonnet).ShouldContain($"\"{call}\"");
        Messages("mistral.mistral-large-2402-v1:0").ShouldMatch("\"toolUseId\":\"[a-zA-Z0-9]{9}\"");
    }

    [Fact]
    public void A_history_of_tools_without_tools_is_told_as_text()
    {
        User(Text("go"));
        Assistant(Call("a", "ls", """{"p":1}"""));
        User(Result("a", Text("files")));
        var body = Write(Sonnet);
        body.ShouldNotContain("toolUse");
        body.ShouldNotContain("toolResult");
        body.ShouldNotContain("toolConfig");
        body.ShouldContain("""Called the tool ls with {\"p\":1}""");
        body.ShouldContain("files");
        _exchange.Losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void No_tool_may_be_called_means_no_tools_unless_the_history_needs_them()
    {
        Declare("ls");
        _request.ToolChoice = new ToolChoice { Mode = ToolChoiceMode.None };
        User(Text("go"));
        Write(Sonnet).ShouldNotContain("toolConfig");
        Assistant(Call("a", "ls", "{}"));
        User(Result("a", Text("x")));
        var body = Write(Sonnet);
        body.ShouldContain("toolConfig");
        body.ShouldNotContain("toolChoice");
        _exchange.Losses.Items.ShouldContain(loss => loss.Path == "tool_choice");
    }

    [Fact]
    public void Tools_are_declared_with_an_object_schema_and_a_description()
    {
        _request.Tools.Add(new Tool { Name = "a", Parameters = JsonSlice.Parse("""{"type":"object", "properties":{}}"""), Description = JsonText.From("does a") });
        _request.Tools.Add(new Tool { Name = "b" });
        _request.Tools.Add(new Tool { Name = "c d", Parameters = JsonSlice.Parse("""{"properties":{"x":{"type":"string"}},"type":["object","null"]}""") });
        _request.Tools.Add(new Tool { Name = "h", Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch });
        _request.Tools.Add(new Tool { Name = "p", Kind = ToolKind.Custom, Format = JsonSlice.Parse("""{"type":"grammar"}""") });
        User(Text("go"));
        using var config = JsonDocument.Parse(Part(Sonnet, "toolConfig"));
        var specs = config.RootElement.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("toolSpec")).ToList();
        specs.Count.ShouldBe(4);
        specs[0].GetRawText().ShouldBe("""{"name":"a","description":"does a","inputSchema":{"json":{"type":"object", "properties":{}}}}""");
        specs[1].GetRawText().ShouldBe("""{"name":"b","description":"b","inputSchema":{"json":{"type":"object","properties":{}}}}""");
        specs[2].GetProperty("inputSchema").GetRawText().ShouldBe("""{"json":{"properties":{"x":{"type":"string"}},"type":"object"}}""");
        var name = specs[2].GetProperty("name").GetString()!;
        name.ShouldMatch("^[a-zA-Z0-9_-]{1,64}$");
        _exchange.Tools.Client(name).ShouldBe("c d");
        specs[3].GetProperty("inputSchema").GetProperty("json").GetProperty("properties").TryGetProperty("input", out _).ShouldBeTrue();
        _exchange.Tools.IsWrapped("p").ShouldBeTrue();
        _exchange.Losses.Items.ShouldContain(loss => loss.Path == "tools[3]");
    }

    [Theory]
    [InlineData(ToolChoiceMode.Auto, Sonnet, "\"toolChoice\":{\"auto\":{}}")]
    [InlineData(ToolChoiceMode.Required, Sonnet, "\"toolChoice\":{\"any\":{}}")]
    [InlineData(ToolChoiceMode.Named, Sonnet, "\"toolChoice\":{\"tool\":{\"name\":\"ls\"}}")]
    [InlineData(ToolChoiceMode.Named, "mistral.mistral-large-2402-v1:0", "\"toolChoice\":{\"any\":{}}")]
    [InlineData(ToolChoiceMode.Required, "meta.llama3-1-70b-instruct-v1:0", "]},")]
    public void Choices_are_written_as_the_model_takes_them(ToolChoiceMode mode, string model, string expected)
    {
        Declare("ls");
        _request.ToolChoice = new ToolChoice { Mode = mode, Name = mode == ToolChoiceMode.Named ? "ls" : null };
        User(Text("go"));
        Write(model).ShouldContain(expected);
    }

    [Fact]
    public void One_call_at_a_time_is_said_in_claudes_own_words_and_only_with_tools()
    {
        _request.ParallelToolCalls = false;
        User(Text("go"));
        Write(Sonnet).ShouldNotContain("tool_choice");
        Declare("ls");
        var body = Write(Sonnet);
        body.ShouldContain("\"additionalModelRequestFields\":{\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}}");
        body.ShouldNotContain("toolChoice");
        Write(Nova).ShouldNotContain("tool_choice");
        _exchange.Losses.Items.ShouldContain(loss => loss.Path == "parallel_tool_calls");
    }

    [Theory]
    [InlineData(Sonnet, "{\"temperature\":0.5}")]
    [InlineData(Newest, null)]
    [InlineData("us.anthropic.claude-sonnet-4-20250514-v1:0", "{\"temperature\":0.5,\"topP\":0.9}")]
    [InlineData(Nova, "{\"temperature\":0.5,\"topP\":0.9}")]
    public void Sampling_is_held_to_what_the_model_takes(string model, string? expected)
    {
        _request.Sampling.Temperature = 0.5;
        _request.Sampling.TopP = 0.9;
        User(Text("q"));
        PartOrNull(model, "inferenceConfig").ShouldBe(expected);
    }

    [Fact]
    public void Thinking_by_budget_raises_the_limit_and_drops_sampling()
    {
        _request.Reasoning = new ReasoningOptions { Mode = ReasoningMode.On, BudgetTokens = 4000 };
        _request.MaxOutputTokens = 2000;
        _request.Sampling.Temperature = 0.5;
        _request.Sampling.TopP = 0.5;
        _request.Sampling.TopK = 5;
        User(Text("q"));
        Part(Sonnet, "additionalModelRequestFields").ShouldBe("""{"thinking":{"type":"enabled","budget_tokens":4000}}""");
        Part(Sonnet, "inferenceConfig").ShouldBe("""{"maxTokens":6000}""");
    }

    [Theory]
    [InlineData(Newest, null, 8000, """{"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}}""")]
    [InlineData(Newest, "xhigh", null, """{"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"}}""")]
    [InlineData("us.anthropic.claude-opus-4-6-v1", "xhigh", null, """{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}""")]
    [InlineData("us.anthropic.claude-opus-4-6-v1", null, 5000, """{"thinking":{"type":"enabled","budget_tokens":5000}}""")]
    [InlineData("claude-sonnet-4.5", "low", null, """{"thinking":{"type":"enabled","budget_tokens":8000}}""")]
    [InlineData("amazon.nova-2-lite-v1:0", "medium", null, """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}""")]
    [InlineData("openai.gpt-oss-120b-1:0", "xhigh", null, """{"reasoning_effort":"high"}""")]
    [InlineData("deepseek.v3-v1:0", "minimal", null, """{"reasoning_config":"low"}""")]
    [InlineData("us.anthropic.claude-3-5-haiku-20241022-v1:0", "high", null, null)]
    [InlineData(Sonnet, "none", null, null)]
    public void Reasoning_is_told_in_each_models_words(string model, string? effort, int? budget, string? expected)
    {
        _request.Reasoning = new ReasoningOptions { Mode = budget is null ? ReasoningMode.Unspecified : ReasoningMode.On, Effort = effort, BudgetTokens = budget };
        User(Text("q"));
        PartOrNull(model, "additionalModelRequestFields").ShouldBe(expected);
    }

    [Fact]
    public void A_forced_tool_wins_over_thinking()
    {
        Declare("ls");
        _request.ToolChoice = new ToolChoice { Mode = ToolChoiceMode.Required };
        _request.Reasoning = new ReasoningOptions { Effort = "high" };
        User(Text("q"));
        var body = Write(Sonnet);
        body.ShouldContain("\"any\":{}");
        body.ShouldNotContain("thinking");
        _exchange.Losses.Items.ShouldContain(loss => loss.Path == "reasoning");
    }

    [Fact]
    public void Signed_reasoning_goes_back_to_claude_and_to_nobody_else()
    {
        Declare("ls");
        _request.Reasoning = new ReasoningOptions { Mode = ReasoningMode.On, BudgetTokens = 2000 };
        User(Text("q"));
        Assistant(
            new ReasoningBlock { Text = JsonText.From("why"), Signature = JsonText.From("sig=="), Family = SignatureFamily.Claude },
            new ReasoningBlock { IsRedacted = true, Signature = JsonText.From("Zm9v"), Family = SignatureFamily.Claude },
            new ReasoningBlock { Text = JsonText.From("unsigned"), Family = SignatureFamily.Claude },
            new ReasoningBlock { Text = JsonText.From("theirs"), Signature = JsonText.From("x"), Family = SignatureFamily.Gemini },
            Call("a", "ls", "{}"));
        User(Result("a", Text("x")));
        Messages(Sonnet).ShouldContain("""{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"why","signature":"sig=="}}},{"reasoningContent":{"redactedContent":"Zm9v"}},{"toolUse":""");
        Write(Sonnet).ShouldContain("budget_tokens");
        Messages(Nova).ShouldNotContain("reasoningContent");
    }

    [Fact]
    public void Calls_that_lost_their_reasoning_switch_thinking_by_budget_off()
    {
        Declare("ls");
        _request.Reasoning = new ReasoningOptions { Mode = ReasoningMode.On, BudgetTokens = 2000 };
        User(Text("q"));
        Assistant(Call("a", "ls", "{}"));
        User(Result("a", Text("x")));
        Write(Sonnet).ShouldNotContain("thinking");
        Write(Newest).ShouldContain("adaptive");
    }

    [Fact]
    public void Answers_of_a_schema_are_native_or_a_forced_tool()
    {
        _request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Name = "n", Schema = JsonSlice.Parse("""{"type":"object","properties":{"x":{"type":"string","description":"é\""}},"additionalProperties":false}""") };
        User(Text("q"));
        using var native = JsonDocument.Parse(Part(Sonnet, "outputConfig"));
        var schema = native.RootElement.GetProperty("textFormat").GetProperty("structure").GetProperty("jsonSchema");
        schema.GetProperty("schema").GetString().ShouldBe("""{"type":"object","properties":{"x":{"type":"string","description":"é\""}},"additionalProperties":false}""");
        schema.GetProperty("name").GetString().ShouldBe("n");
        Write(Newest).ShouldContain("\"toolChoice\":{\"tool\":{\"name\":\"json\"}}");
        Declare("json");
        var both = Write(Newest);
        both.ShouldContain("\"name\":\"json_answer\"");
        both.ShouldContain("\"toolChoice\":{\"any\":{}}");
    }

    [Fact]
    public void What_converse_does_not_know_is_reported()
    {
        _request.Sampling.Seed = 1;
        _request.Sampling.FrequencyPenalty = 0.5;
        _request.Sampling.LogProbs = true;
        _request.Verbosity = "low";
        _request.Store = true;
        _request.PromptCacheKey = "k";
        _request.UserId = "{\"a\":1}";
        _request.ServiceTier = "priority";
        _request.Metadata = JsonSlice.Parse("""{"team":"a","bad":"<>"}""");
        _request.Extras.Add(new Extra(Protocol.OpenAiChat, "prediction", JsonSlice.Parse("{}")));
        _request.Extras.Add(new Extra(Protocol.OpenAiChat, "additionalModelRequestFields", JsonSlice.Parse("""{"x":1}""")));
        User(Text("q"));
        var body = Write(Sonnet);
        body.ShouldContain("\"requestMetadata\":{\"team\":\"a\"}");
        body.ShouldContain("\"additionalModelRequestFields\":{\"x\":1}");
        _exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["seed", "frequency_penalty", "logprobs", "verbosity", "store", "prompt_cache_key", "user", "service_tier", "metadata.bad", "prediction"], ignoreOrder: true);
        _request.Sampling.Candidates = 2;
        Write(Sonnet);
        _exchange.Losses.Items.ShouldContain(loss => loss.Path == "n");
    }

    [Fact]
    public void A_longer_conversation_begins_with_the_same_bytes()
    {
        Declare("ls");
        _request.System.Add(Text("s"));
        User(Text("go"));
        Assistant(Call("bad id", "ls", "{}"));
        User(Result("bad id", Text("x")));
        var first = Write(Sonnet);
        Assistant(Text("done"));
        User(Text("more"));
        Write(Sonnet).ShouldStartWith(first[..^3]);
    }

    private static TextBlock Text(string text) => new(JsonText.From(text));

    private static TextBlock Cached(string text, string? ttl = null) => new(JsonText.From(text)) { Cache = new CacheHint(ttl) };

    private static ToolCallBlock Call(string id, string name, string arguments) => new(id, name, ToolArguments.FromText(JsonText.From(arguments)));

    private static ToolResultBlock Result(string id, params Block[] content) => new(id, [.. content]);

    private void Declare(string name) => _request.Tools.Add(new Tool { Name = name });

    private void User(params Block[] blocks) => Add(Role.User, blocks);

    private void Assistant(params Block[] blocks) => Add(Role.Assistant, blocks);

    private void Add(Role role, params Block[] blocks)
    {
        var turn = new Turn(role);
        turn.Blocks.AddRange(blocks);
        _request.Turns.Add(turn);
    }

    private string Write(string model)
    {
        _exchange = new TranslationContext(_request, new UpstreamModel(model));
        var body = Replay.Write(ConverseUpstream.Instance, _exchange);
        using var json = JsonDocument.Parse(body);
        NoDuplicates(json.RootElement);
        return body;
    }

    private static void NoDuplicates(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            element.EnumerateObject().Select(member => member.Name).ShouldBeUnique();
            foreach (var member in element.EnumerateObject()) NoDuplicates(member.Value);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) NoDuplicates(item);
        }
    }

    private string Messages(string model) => Part(model, "messages");

    private string Part(string model, string name) => PartOrNull(model, name).ShouldNotBeNull();

    private string? PartOrNull(string model, string name)
    {
        using var json = JsonDocument.Parse(Write(model));
        return json.RootElement.TryGetProperty(name, out var part) ? part.GetRawText() : null;
    }
}
