using System.Text;
using Dragoman.Gateway.Forwarding.Signatures;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Tests.Forwarding.Signatures;

/// <summary>Kept reasoning comes back to the conversation it belongs to, and to no other.</summary>
public sealed class ReasoningSignatureCacheTests
{
    private const string Model = "gpt-5.2";
    private readonly ReasoningSignatureCache _cache = new();

    [Fact]
    public void Another_key_and_another_conversation_with_the_same_call_id_get_nothing()
    {
        Keep(Request("ann", "plan the garden"), "secret-1", "call_0");
        Found(Request("ann", "plan the garden", Call("call_0"))).ShouldBe(["secret-1"]);
        Found(Request("bob", "plan the garden", Call("call_0"))).ShouldBeEmpty("another key's");
        Found(Request("ann", "plan the house", Call("call_0"))).ShouldBeEmpty("another conversation");
        Found(Request("ann", "plan the garden", session: "s2", turns: [Call("call_0")])).ShouldBeEmpty("another session");
    }

    [Fact]
    public void Two_conversations_whose_calls_are_the_same_have_each_their_own()
    {
        Keep(Request("ann", "first"), "secret-1", "call_0");
        Keep(Request("ann", "second"), "secret-2", "call_0");
        Keep(Request("bob", "first"), "secret-3", "call_0");
        Found(Request("ann", "first", Call("call_0"))).ShouldBe(["secret-1"]);
        Found(Request("ann", "second", Call("call_0"))).ShouldBe(["secret-2"]);
        Found(Request("bob", "first", Call("call_0"))).ShouldBe(["secret-3"]);
    }

    [Theory]
    [InlineData("{\"a\":1,\"b\":\"x\"}", true)]
    [InlineData("{ \"b\" : \"\\u0078\", \"a\" : 1.0 }", true)]
    [InlineData("{\"a\":2,\"b\":\"x\"}", false)]
    [InlineData("{\"a\":1,\"b\":\"x\",\"c\":null}", false)]
    public void A_call_is_the_same_when_tool_and_arguments_are(string arguments, bool same)
    {
        Keep(Request("ann", "go"), "secret-1", "call_0");
        Found(Request("ann", "go", Call("call_0", arguments))).Count.ShouldBe(same ? 1 : 0);
        Found(Request("ann", "go", Call("toolu_renamed", arguments))).Count.ShouldBe(same ? 1 : 0, "Droid gives ids of its own");
        Found(Request("ann", "go", Call("call_0", arguments, "other_tool"))).ShouldBeEmpty();
    }

    [Fact]
    public void Equal_calls_of_one_conversation_are_told_apart_by_their_order_also_when_they_are_renamed()
    {
        Keep(Request("ann", "go"), "secret-1", "call_0");
        Keep(Request("ann", "go", Call("call_0")), "secret-2", "call_0");
        Keep(Request("ann", "go", Call("call_0"), Call("call_0")), "secret-3", "call_1");
        Found(Request("ann", "go", Call("call_0"), Call("call_0"), Call("call_1"))).ShouldBe(["secret-1", "secret-2", "secret-3"]);
        Found(Request("ann", "go", Call("x"), Call("y"), Call("z"))).ShouldBe(["secret-1", "secret-2", "secret-3"]);
    }

    [Fact]
    public void The_opening_counts_without_white_space_marks_and_reminders()
    {
        Keep(Request("ann", "fix the bug"), "secret-1", "call_0");
        var request = Messages("ann", """[{"type":"text","text":"<system-reminder>today is Monday</system-reminder>"},{"type":"text","text":"fix  the\nbug ","cache_control":{"type":"ephemeral"}}]""", null, [Call("call_0")]);
        Found(request).ShouldBe(["secret-1"]);
    }

    [Fact]
    public void A_text_is_found_in_its_own_conversation_only()
    {
        KeepText(Request("ann", "go"), "secret-1", "Done.");
        Found(Request("ann", "go", Said("Done."))).ShouldBe(["secret-1"]);
        Found(Request("bob", "go", Said("Done."))).ShouldBeEmpty();
        Found(Request("ann", "come", Said("Done."))).ShouldBeEmpty();
    }

    [Fact]
    public void It_stays_within_its_bounds()
    {
        var cache = new ReasoningSignatureCache(maxEntries: 10, maxBytes: 100_000);
        for (var i = 0; i < 100; i++) Keep(Request("ann", $"conversation {i}"), "secret", "call_0", cache);
        cache.Count.ShouldBe(10);
        for (var i = 0; i < 100; i++) Keep(Request("ann", "the same"), "secret", "call_0", cache);
        cache.Count.ShouldBe(10);
        Keep(Request("ann", "large"), new string('x', 200_000), "call_0", cache);
        cache.Count.ShouldBe(0);
    }

    private void Keep(ClientRequest request, string secret, string id, ReasoningSignatureCache? cache = null) => Answer(request, secret, cache ?? _cache, sink =>
    {
        sink.Write(AnswerEvent.BlockStarted(1, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = id, Name = "look" }));
        sink.Write(AnswerEvent.ToolArgumentsDelta(1, JsonText.From("{\"a\":1,")));
        sink.Write(AnswerEvent.ToolArgumentsDelta(1, JsonText.From("\"b\":\"x\"}")));
        sink.Write(AnswerEvent.BlockEnded(1));
    });

    private void KeepText(ClientRequest request, string secret, string text) => Answer(request, secret, _cache, sink =>
    {
        sink.Write(AnswerEvent.BlockStarted(1, BlockStart.Text));
        sink.Write(AnswerEvent.TextDelta(1, JsonText.From(text)));
        sink.Write(AnswerEvent.BlockEnded(1));
    });

    private static void Answer(ClientRequest request, string secret, ReasoningSignatureCache cache, Action<IAnswerSink> say)
    {
        var sink = new ReasoningSignatureRecorder(cache, new UpstreamModel(Model), request.Scope, new Nobody());
        sink.Write(AnswerEvent.BlockStarted(0, BlockStart.Reasoning));
        sink.Write(AnswerEvent.SignatureDelta(0, JsonText.From(secret)));
        sink.Write(AnswerEvent.BlockEnded(0));
        say(sink);
        sink.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
    }

    private List<string> Found(ClientRequest request)
    {
        var conversation = request.Conversation;
        _cache.Restore(conversation, new UpstreamModel(Model), request.Scope);
        return [.. conversation.Turns.SelectMany(turn => turn.Blocks).OfType<ReasoningBlock>().Select(block => block.Signature.ToString())];
    }

    private static string Call(string id, string arguments = "{\"a\":1,\"b\":\"x\"}", string name = "look")
        => $$"""{"role":"assistant","content":[{"type":"tool_use","id":"{{id}}","name":"{{name}}","input":{{arguments}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{id}}","content":"ok"}]}""";

    private static string Said(string text) => $$"""{"role":"assistant","content":"{{text}}"},{"role":"user","content":"go on"}""";

    private static ClientRequest Request(string key, string opening, params string[] turns) => Messages(key, $"\"{opening}\"", null, turns);

    private static ClientRequest Request(string key, string opening, string session, string[] turns) => Messages(key, $"\"{opening}\"", session, turns);

    private static ClientRequest Messages(string key, string opening, string? session, string[] turns)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{Model}}","max_tokens":100,"messages":[{{string.Join(',', [$$"""{"role":"user","content":{{opening}}}""", .. turns])}}]}""");
        return new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.AnthropicMessages), Body = body, Head = RequestEnvelope.Read(body), Model = Model, FlowId = "f", SessionHeader = session,
            Client = new ClientIdentity { KeyId = key, Name = key },
        };
    }

    private sealed class Nobody : IAnswerSink
    {
        public void Write(in AnswerEvent answerEvent)
        {
        }
    }
}
