using Dragoman.Protocols.CodeWhisperer.Shared;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Calls that the service has cut off, when their results come back (wire note, B.18).</summary>
public sealed class CodeWhispererCutCallTests
{
    private const string Tools = ""","tools":[{"name":"write","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}]""";
    private const string Back = """[{"role":"user","content":"write it"},{"role":"assistant","content":[{"type":"tool_use","id":"tooluse_cut","name":"write","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"tooluse_cut","content":"path is missing"}]}]""";

    private readonly Clock _clock = new();

    [Fact]
    public void A_client_that_sends_a_cut_call_back_mended_hears_for_the_model_what_happened()
    {
        var options = new CodeWhispererOptions { CutCalls = new CodeWhispererCutCalls(_clock) };
        Result(options).ShouldBe(("success", "path is missing"));
        Answer(Messages("""[{"role":"user","content":"write it"}]""", Tools, options), """
            toolUseEvent {"name":"write","toolUseId":"tooluse_cut","input":"{\"path\":\"a"}
            contextUsageEvent {"contextUsagePercentage":1}
            """).Finish.Reason.ShouldBe(Protocols.Conversation.FinishReason.Length);
        var (status, text) = Result(options);
        status.ShouldBe("error");
        text.ShouldStartWith("[API Limitation]");
        text.ShouldEndWith("path is missing");
        _clock.Now += TimeSpan.FromMinutes(11);
        Result(options).ShouldBe(("success", "path is missing"), "it is remembered for some minutes");
    }

    [Fact]
    public void A_call_that_came_whole_is_not_remembered()
    {
        var options = new CodeWhispererOptions { CutCalls = new CodeWhispererCutCalls(_clock) };
        Answer(Messages("""[{"role":"user","content":"write it"}]""", Tools, options), """
            toolUseEvent {"name":"write","toolUseId":"tooluse_cut","input":"{\"path\":\"a\"}"}
            toolUseEvent {"name":"write","toolUseId":"tooluse_cut","stop":true}
            """);
        Result(options).ShouldBe(("success", "path is missing"));
    }

    private static (string Status, string Text) Result(CodeWhispererOptions options)
    {
        var result = Write(Messages(Back, Tools, options)).Current().GetProperty("userInputMessageContext").GetProperty("toolResults")[0];
        return (result.GetProperty("status").GetString()!, result.GetProperty("content")[0].GetProperty("text").GetString()!);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
