using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>An output item on its way: each part is added, told in deltas and done, and the done item says the same as the deltas.</summary>
internal sealed class ResponsesStreamItem(JsonNode added)
{
    private readonly string _type = added["type"].Str()!;
    private readonly List<string> _parts = [];
    private readonly StringBuilder _piece = new();
    private bool _open;
    private bool _emitted;

    public string Id { get; } = added["id"].Str().ShouldNotBeNull();

    public JsonNode? Done { get; private set; }

    public void Read(string type, JsonNode data)
    {
        Done.ShouldBeNull($"{type} after the item was done.");
        if (type == "response.output_item.done")
        {
            End(data["item"]!);
            return;
        }

        data["item_id"].Str().ShouldBe(Id);
        switch (type)
        {
            case "response.content_part.added" or "response.reasoning_summary_part.added":
                _open.ShouldBeFalse();
                IndexOf(data).ShouldBe(_parts.Count);
                (_open, _emitted) = (true, false);
                _piece.Clear();
                break;
            case "response.output_text.delta" or "response.refusal.delta" or "response.reasoning_summary_text.delta" or "response.reasoning_text.delta":
                _open.ShouldBeTrue($"{type} outside a part.");
                _piece.Append(data["delta"].Str());
                break;
            case "response.output_text.done" or "response.refusal.done" or "response.reasoning_summary_text.done" or "response.reasoning_text.done":
                (data["text"] ?? data["refusal"]).Str().ShouldBe(_piece.ToString());
                _emitted = true;
                break;
            case "response.content_part.done" or "response.reasoning_summary_part.done":
                _emitted.ShouldBeTrue("A part ends after its text is done.");
                (data["part"]!["text"] ?? data["part"]!["refusal"]).Str().ShouldBe(_piece.ToString());
                _parts.Add(_piece.ToString());
                _open = false;
                break;
            case "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta":
                _type.ShouldBe(type.Contains("function", StringComparison.Ordinal) ? "function_call" : "custom_tool_call");
                _piece.Append(data["delta"].Str());
                break;
            case "response.function_call_arguments.done" or "response.custom_tool_call_input.done":
                (data["arguments"] ?? data["input"]).Str().ShouldBe(_piece.ToString());
                _emitted = true;
                break;
            case "response.output_text.annotation.added" or "response.web_search_call.in_progress" or "response.web_search_call.searching" or "response.web_search_call.completed"
                or "response.image_generation_call.in_progress" or "response.image_generation_call.generating" or "response.image_generation_call.completed"
                or "response.code_interpreter_call.in_progress" or "response.code_interpreter_call.interpreting" or "response.code_interpreter_call.completed"
                or "response.code_interpreter_call_code.delta" or "response.code_interpreter_call_code.done":
                type.ShouldContain(_type == "message" ? "output_text" : _type);
                break;
            default:
                Assert.Fail($"Not expected: {type}");
                break;
        }
    }

    private static long IndexOf(JsonNode data) => (data["summary_index"] ?? data["content_index"]).Num();

    private void End(JsonNode item)
    {
        item["id"].Str().ShouldBe(Id);
        item["type"].Str().ShouldBe(_type);
        _open.ShouldBeFalse("A part is still open.");
        switch (_type)
        {
            case "message":
                item["content"].Items().Select(part => (part["text"] ?? part["refusal"]).Str()).ShouldBe(_parts);
                break;
            case "reasoning":
                item["summary"].Items().Concat(item["content"].Items()).Select(part => part["text"].Str()).ShouldBe(_parts);
                break;
            case "function_call" or "custom_tool_call":
                _emitted.ShouldBeTrue("The arguments were never done.");
                (item["arguments"] ?? item["input"]).Str().ShouldBe(_piece.ToString());
                break;
        }

        Done = item.Copy();
    }
}
