using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Antigravity;

/// <summary>What Antigravity wants of requests for Claude models: at most 64,000 tokens and a smaller budget, and tools in the mode <c>VALIDATED</c>, each with a required parameter.</summary>
internal static class AntigravityClaudeRules
{
    private const string Flagged = "_placeholder";

    public static void Check(JsonObject request)
    {
        var most = request["generationConfig"]?["maxOutputTokens"].Num();
        if (most > 64_000) throw new Refusal(400, "maxOutputTokens must be at most 64000");
        if (request["generationConfig"]?["thinkingConfig"]?["thinkingBudget"].Num() >= (most ?? 64_000)) throw new Refusal(400, "max_tokens must be greater than thinking.budget_tokens");
        var declarations = Declarations(request).ToList();
        if (declarations.Count == 0) return;
        var mode = request["toolConfig"]?["functionCallingConfig"]?["mode"].Str();
        if (mode is not ("VALIDATED" or "ANY" or "NONE")) throw new Refusal(400, $"Function calling mode {mode ?? "AUTO"} is not supported for this model.");
        foreach (var declaration in declarations)
            if (SchemaOf(declaration)?["required"].Arr().Count is not > 0) throw new Refusal(400, $"Function {declaration["name"].Str()}: parameters must have at least one required property in VALIDATED mode.");
    }

    /// <summary>The tools that were given a parameter of no meaning.</summary>
    public static IReadOnlySet<string> FlaggedTools(JsonObject request)
        => Declarations(request).Where(declaration => SchemaOf(declaration)?["properties"]?[Flagged] is not null).Select(declaration => declaration["name"].Str() ?? "").ToHashSet(StringComparer.Ordinal);

    /// <summary>The model gives the parameter that is required.</summary>
    public static void Flag(JsonNode? answer, IReadOnlySet<string> flagged)
    {
        if (flagged.Count == 0) return;
        foreach (var part in answer?["candidates"].Arr().SelectMany(candidate => candidate?["content"]?["parts"].Arr() ?? []) ?? [])
            if (part?["functionCall"] is JsonObject call && flagged.Contains(call["name"].Str() ?? "") && call["args"] is JsonObject args) args[Flagged] = true;
    }

    private static IEnumerable<JsonObject> Declarations(JsonObject request) => request["tools"].Arr().SelectMany(tool => tool?["functionDeclarations"].Arr() ?? []).OfType<JsonObject>();

    private static JsonObject? SchemaOf(JsonObject declaration) => (declaration["parametersJsonSchema"] ?? declaration["parameters"]) as JsonObject;
}
