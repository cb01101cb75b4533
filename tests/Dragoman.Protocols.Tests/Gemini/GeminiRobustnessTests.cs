using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

/// <summary>Bodies with values of the wrong kind in random places: a clear refusal or a shrug, never a crash.</summary>
public class GeminiRobustnessTests
{
    private const string Request =
        """{"contents":[{"role":"user","parts":[{"text":"q"},{"inlineData":{"mimeType":"image/png","data":"AA"}}]},{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"s"},{"functionCall":{"id":"i","name":"f","args":{"a":1}}},{"executableCode":{"code":"1"}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"r"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}]}],"systemInstruction":{"parts":[{"text":"s"}]},"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a"]}}]},{"googleSearch":{"excludeDomains":["a"]}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"temperature":1,"stopSequences":["a"],"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"},"responseModalities":["TEXT"],"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}},"safetySettings":[]}""";

    private const string Chunk =
        """{"candidates":[{"content":{"parts":[{"text":"t","thought":true},{"text":"u","thoughtSignature":"s"},{"functionCall":{"id":"i","name":"f","args":{"a":1}}},{"inlineData":{"mimeType":"image/png","data":"AA"}},{"executableCode":{"code":"1"}}],"role":"model"},"finishReason":"STOP","finishMessage":"m","index":0,"groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":1,"text":"x"},"groundingChunkIndices":[0]}]},"citationMetadata":{"citationSources":[{"uri":"u","startIndex":1}]}}],"promptFeedback":{"safetyRatings":[]},"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"promptTokensDetails":[{"modality":"TEXT","tokenCount":1}]},"modelVersion":"m","responseId":"r"}""";

    [Fact]
    public void Requests_with_odd_types_are_refused_or_read_and_then_written()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var body = Spoil(Request, seed);
            ConversationRequest request;
            try
            {
                request = Replay.Request(GeminiClient.Instance, body, new("gemini-3-pro-preview"));
                var written = Replay.Write(GeminiUpstream.Instance, new TranslationContext(request, new UpstreamModel("gemini-3-pro-preview")));
                using var document = JsonDocument.Parse(written);
            }
            catch (WireException)
            {
                // A clear refusal.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e.GetType().Name} {e.Message} {e.StackTrace} for {body}");
            }
        }
    }

    [Fact]
    public void Chunks_with_odd_types_never_throw_and_write_JSON()
    {
        var request = Replay.Request(GeminiClient.Instance, """{"contents":"q","tools":[{"googleSearch":{}}]}""");
        for (var seed = 0; seed < 3000; seed++)
        {
            var chunk = Spoil(Chunk, seed);
            try
            {
                var exchange = new TranslationContext(request, new UpstreamModel("gemini-3-pro-preview") { Family = SignatureFamily.Gemini });
                var text = Replay.Translate(GeminiUpstream.Instance, GeminiClient.ArrayForm, exchange, Encoding.UTF8.GetBytes($"data: {chunk}\n\n"));
                using var document = JsonDocument.Parse(text);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e.GetType().Name} {e.Message} {e.StackTrace} for {chunk}");
            }
        }
    }

    [Fact]
    public void Wrapped_chunks_of_Code_Assist_read_alike()
    {
        var request = Replay.Request(GeminiClient.Instance, """{"contents":"q"}""");
        var plain = new EventLog();
        var wrapped = new EventLog();
        var id = new string('a', 24);
        Replay.Stream(GeminiUpstream.Instance, new TranslationContext(request, new UpstreamModel("m")) { AnswerId = id }, plain, Encoding.UTF8.GetBytes($"data: {Chunk}\n\n"));
        Replay.Stream(GeminiUpstream.Instance, new TranslationContext(request, new UpstreamModel("m")) { AnswerId = id }, wrapped, Encoding.UTF8.GetBytes($"data: {{\"response\":{Chunk},\"traceId\":\"t\"}}\n\n"));
        wrapped.Lines.ShouldBe(plain.Lines);
    }

    private static string Spoil(string json, int seed)
    {
        var random = new Random(seed);
        var root = JsonNode.Parse(json)!;
        var places = new List<(JsonNode Parent, object Key)>();
        Collect(root, places);
        var (parent, key) = places[random.Next(places.Count)];
        JsonNode? odd = random.Next(8) switch
        {
            0 => null,
            1 => 7,
            2 => "odd",
            3 => new JsonArray(),
            4 => new JsonObject(),
            5 => new JsonArray(1, "x", null, new JsonObject { ["text"] = 3 }),
            6 => true,
            _ => new JsonObject { ["parts"] = 4, ["type"] = new JsonArray("x") },
        };
        if (parent is JsonObject holder) holder[(string)key] = odd;
        else ((JsonArray)parent)[(int)key] = odd;
        return root.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, object Key)> places)
    {
        if (node is JsonObject holder)
        {
            foreach (var (name, value) in holder)
            {
                places.Add((holder, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                places.Add((array, i));
                Collect(array[i], places);
            }
        }
    }
}
