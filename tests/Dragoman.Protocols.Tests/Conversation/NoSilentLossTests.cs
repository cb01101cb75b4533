using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>
/// Whatever a client says that the model in the middle does not name is told to an upstream of the same language, or reported lost:
/// an unknown member is put into every object of a rich request, one at a time.
/// </summary>
public sealed class NoSilentLossTests
{
    private const string Probe = "xprobe";

    /// <summary>Objects whose members are the client's own words, not the language's.</summary>
    private static readonly HashSet<string> Free =
    [
        "schema", "parameters", "parametersJsonSchema", "input_schema", "responseSchema", "responseJsonSchema", "metadata", "logit_bias", "args", "response",
    ];

    /// <summary>Objects that are reported by name wherever they stand.</summary>
    private static readonly string[] Excused = ["user_location", "cache_control"];

    private static readonly Dictionary<Protocol, string> Models = new()
    {
        [Protocol.OpenAiChat] = "gpt-5.1",
        [Protocol.OpenAiResponses] = "gpt-5.1",
        [Protocol.AnthropicMessages] = "claude-sonnet-4-5",
        [Protocol.BedrockAnthropic] = "anthropic.claude-sonnet-4-5-20250929-v1:0",
        [Protocol.BedrockConverse] = "anthropic.claude-sonnet-4-5-20250929-v1:0",
        [Protocol.Gemini] = "gemini-2.5-pro",
        [Protocol.CodeWhisperer] = "claude-sonnet-4.5",
    };

    private static readonly List<(Protocol Source, string Body)> Requests =
    [
        (Protocol.OpenAiChat, """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":9000,
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
             "reasoning":{"effort":"high"},"prediction":{"type":"content","content":"c"},"audio":{"voice":"v","format":"wav"},
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"g","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"d"}}}}],
             "messages":[
              {"role":"system","content":[{"type":"text","text":"S"},{"type":"text","text":"T","cache_control":{"type":"ephemeral"}}]},
              {"role":"user","name":"u","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}}]},
              {"role":"assistant","content":"x","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"ok"}]},
              {"role":"user","content":"b"}]}
            """),
        (Protocol.OpenAiChat, """
            {"model":"m","web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"city":"B"}}},
             "messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}
            """),
        (Protocol.AnthropicMessages, """
            {"model":"m","max_tokens":9000,"stream":true,"thinking":{"type":"enabled","budget_tokens":2000},"metadata":{"user_id":"u"},
             "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},
             "system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],
             "tool_choice":{"type":"auto"},
             "tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"web_search_20250305","name":"web_search","user_location":{"type":"approximate","city":"B"}}],
             "messages":[
              {"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"d"},"citations":{"enabled":false}}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"SIG"},{"type":"text","text":"x"},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"ok"}]}]}]}
            """),
        (Protocol.OpenAiResponses, """
            {"model":"m","stream":true,"stream_options":{"include_obfuscation":false},"instructions":"S","max_output_tokens":9000,"reasoning":{"effort":"high","summary":"auto"},
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},
             "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]},
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"d"}},{"type":"web_search","filters":{"allowed_domains":["a.b"]},"user_location":{"type":"approximate","city":"B"}}],
             "input":[
              {"type":"message","role":"developer","content":[{"type":"input_text","text":"D"}]},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}]},
              {"type":"reasoning","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"ENC"},
              {"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"x","annotations":[]}]},
              {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
              {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"ok"}]},
              {"type":"custom_tool_call","call_id":"c2","name":"g","input":"i"},
              {"type":"custom_tool_call_output","call_id":"c2","output":"o"},
              {"role":"user","content":"b"}]}
            """),
        (Protocol.OpenAiCompletions, """{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":9,"prompt":"p"}"""),
        (Protocol.Gemini, """
            {"systemInstruction":{"parts":[{"text":"S"}]},
             "generationConfig":{"maxOutputTokens":9000,"thinkingConfig":{"thinkingBudget":2000},"responseMimeType":"application/json"},
             "safetySettings":[{"category":"c","threshold":"t"}],
             "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},
             "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object"}}]}],
             "contents":[
              {"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"fileData":{"mimeType":"image/png","fileUri":"https://a.b/c.png"}}]},
              {"role":"model","parts":[{"text":"x"},{"functionCall":{"name":"f","args":{}}}]},
              {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"ok"}}}]}]}
            """),
    ];

    [Theory]
    [InlineData(Protocol.OpenAiChat)]
    [InlineData(Protocol.AnthropicMessages)]
    [InlineData(Protocol.Gemini)]
    [InlineData(Protocol.OpenAiResponses)]
    [InlineData(Protocol.OpenAiCompletions)]
    public void An_unknown_member_of_any_object_is_carried_or_reported(Protocol source)
    {
        var misses = new List<string>();
        foreach (var (path, body) in Requests.Where(request => request.Source == source).SelectMany(request => Probed(request.Body)))
        {
            foreach (var (target, model) in Models)
            {
                var request = Replay.Request(ProtocolRegistry.Client(source), body, source == Protocol.Gemini ? new RequestTarget { Model = "m" } : default);
                var exchange = new TranslationContext(request, new UpstreamModel(model));
                string written;
                try
                {
                    written = Replay.Write(ProtocolRegistry.Upstream(target), exchange);
                }
                catch (WireException)
                {
                    // Refused in so many words: nothing is lost in silence.
                    continue;
                }

                var emitted = written.Contains(Probe, StringComparison.Ordinal) || exchange.Losses.Items.Any(loss => loss.Path.Contains(Probe, StringComparison.Ordinal));
                // What is lost as a whole takes its members along.
                if (!emitted && !IsHint(path, target) && !exchange.Losses.Items.Any(loss => TakesAlong(loss, path, source))) misses.Add($"{path} → {target}");
            }
        }

        misses.ShouldBeEmpty();
    }

    private static bool TakesAlong(Loss loss, string path, Protocol source)
    {
        if (loss.Kind != LossKind.Dropped) return false;
        // Gemini's writer calls hosted tools by their names.
        if (loss.Path == "tools.web_search" && path.StartsWith("tools[1]", StringComparison.Ordinal)) return true;
        // A member that Gemini's tools do not know is a hosted tool that is not known either; the search's options become a tool.
        if (loss.Path.StartsWith("tools", StringComparison.Ordinal)
            && ((source == Protocol.Gemini && path.StartsWith("tools", StringComparison.Ordinal)) || path.StartsWith("web_search_options", StringComparison.Ordinal))) return true;
        return path.StartsWith(loss.Path, StringComparison.Ordinal) || Excused.Any(name => path.EndsWith(name, StringComparison.Ordinal) && loss.Path.EndsWith(name, StringComparison.Ordinal));
    }

    /// <summary>A cache hint is left out where the model caches of its own accord: nothing is lost by that.</summary>
    private static bool IsHint(string path, Protocol target) => target == Protocol.OpenAiChat && path.EndsWith("cache_control", StringComparison.Ordinal);

    private static IEnumerable<(string Path, string Body)> Probed(string json)
    {
        foreach (var path in Paths(JsonNode.Parse(json)!, "").ToList())
        {
            var body = JsonNode.Parse(json)!;
            var at = body;
            foreach (var step in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries)) at = int.TryParse(step, out var index) ? at![index] : at![step];
            at!.AsObject()[Probe] = new JsonObject { ["deep"] = 1 };
            yield return (path, body.ToJsonString());
        }
    }

    private static IEnumerable<string> Paths(JsonNode node, string path)
    {
        if (node is JsonObject known)
        {
            yield return path;
            foreach (var (name, value) in known)
            {
                if (value is null || Free.Contains(name)) continue;
                foreach (var inner in Paths(value, path.Length == 0 ? name : $"{path}.{name}")) yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                foreach (var inner in Paths(list[i]!, $"{path}[{i}]")) yield return inner;
            }
        }
    }
}
