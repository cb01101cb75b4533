using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>One thing a client can ask for: how its language says it, and how one sees in an upstream's request that it crossed.</summary>
/// <param name="Feature">What people call it.</param>
/// <param name="Seen">What an upstream's request holds when it was carried (a regular expression).</param>
/// <param name="Say">How each language says it, as members of its request; a language that cannot is absent.</param>
public sealed record Probe(string Feature, string Seen, IReadOnlyDictionary<string, string> Say)
{
    private static readonly string[] GeminiRoot = ["contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "cachedContent", "labels"];

    /// <summary>The house's model that is asked: `m`, or `r`, which reasons.</summary>
    public string Model { get; init; } = "m";

    /// <summary>What the request holds beside the thing probed; what is lost of that does not count.</summary>
    public Probe? Over { get; init; }

    /// <summary>Other forms in which it may cross: what the upstream's request then holds (a regular expression), and what people call that.</summary>
    public IReadOnlyList<(string Seen, string How)> As { get; init; } = [];

    /// <summary>A probe of what the languages say so.</summary>
    public static Probe Of(string feature, string seen, string? chat = null, string? responses = null, string? messages = null, string? gemini = null, string? completions = null, string? converse = null, string? invoke = null)
    {
        var say = new Dictionary<string, string>();
        if (chat is not null) say["chat"] = chat;
        if (responses is not null) say["responses"] = responses;
        if (messages is not null) (say["messages"], say["invoke"]) = (messages, invoke ?? messages);
        if (gemini is not null) say["gemini"] = gemini;
        if (completions is not null) say["completions"] = completions;
        if (converse is not null) say["converse"] = converse;
        return new Probe(feature, seen, say);
    }

    /// <summary>Puts it into a request of the client language. The settings of Gemini and Converse have a member of their own, and so have Converse's tools, which what is said of them is added to.</summary>
    public void Put(string client, JsonObject body)
    {
        Over?.Put(client, body);
        foreach (var (name, value) in Json.Object(Say[client]))
        {
            var place = client == "gemini" && !GeminiRoot.Contains(name) ? body["generationConfig"]!.AsObject() : body;
            if (client == "converse" && name is "toolConfig" or "inferenceConfig" && body[name] is JsonObject known) foreach (var (member, said) in value!.AsObject()) known[member] = said?.DeepClone();
            else place[name] = value?.DeepClone();
        }
    }
}
