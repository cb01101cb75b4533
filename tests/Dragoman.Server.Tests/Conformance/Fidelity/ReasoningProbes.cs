namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>Reasoning, in every spelling in which it is asked for.</summary>
internal static class ReasoningProbes
{
    private const string Budget = "\"(budget_tokens|thinkingBudget)\":(?!-1|0)";
    private static readonly (string, string)[] Spellings =
    [
        ("\"(reasoning_effort|effort)\":\"(minimal|low|medium|high|xhigh|max)\"", "as an effort"),
        ("\"thinkingLevel\":\"", "as a level"),
        ("\"type\":\"adaptive\"", "as adaptive"),
        (Budget, "as a budget of tokens"),
        ("\"thinkingBudget\":-1", "as a budget of the model's choice"),
    ];

    /// <summary>Reasoning as such: what is lost of that says nothing about its being shown.</summary>
    private static readonly Probe Thinks = Probe.Of("reasoning", "", responses: """{"reasoning":{"effort":"high"}}""", messages: """{"thinking":{"type":"enabled","budget_tokens":2048}}""",
        gemini: """{"thinkingConfig":{"thinkingBudget":2048}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}}""");

    public static IReadOnlyList<Probe> All { get; } =
    [
        Probe.Of("effort", "\"(reasoning_effort|effort)\":\"high\"", chat: """{"reasoning_effort":"high"}""", responses: """{"reasoning":{"effort":"high"}}""",
            messages: """{"output_config":{"effort":"high"}}""", gemini: """{"thinkingConfig":{"thinkingLevel":"high"}}""",
            converse: """{"additionalModelRequestFields":{"output_config":{"effort":"high"}}}""") with { Model = "r", As = Spellings },
        Probe.Of("budget of tokens", "\"(budget_tokens|thinkingBudget)\":2048|\"max_tokens\":2048", chat: """{"reasoning":{"max_tokens":2048}}""",
            messages: """{"thinking":{"type":"enabled","budget_tokens":2048}}""", gemini: """{"thinkingConfig":{"thinkingBudget":2048}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}}""") with { Model = "r", As = Spellings },
        Probe.Of("adaptive", "\"type\":\"adaptive\"|\"thinkingBudget\":-1", messages: """{"thinking":{"type":"adaptive"}}""", gemini: """{"thinkingConfig":{"thinkingBudget":-1}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"adaptive"}}}""") with { Model = "r", As = Spellings },
        Probe.Of("off", "\"(reasoning_effort|effort)\":\"none\"|\"type\":\"disabled\"|\"thinkingBudget\":0", chat: """{"reasoning_effort":"none"}""", responses: """{"reasoning":{"effort":"none"}}""",
            messages: """{"thinking":{"type":"disabled"}}""", gemini: """{"thinkingConfig":{"thinkingBudget":0}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"disabled"}}}""") with { Model = "r", As = [("\"thinkingLevel\":\"(low|minimal)|\"effort\":\"(minimal|low)", "as little as the model can")] },
        Probe.Of("shown in summaries", "\"summary\":\"|\"includeThoughts\":true|\"display\":\"summarized\"", responses: """{"reasoning":{"effort":"high","summary":"detailed"}}""",
            messages: """{"thinking":{"type":"enabled","budget_tokens":2048,"display":"summarized"}}""", gemini: """{"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":true}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048,"display":"summarized"}}}""") with { Model = "r", Over = Thinks },
        Probe.Of("not shown", "\"includeThoughts\":false|\"display\":\"omitted\"", messages: """{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}""",
            gemini: """{"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":false}}""",
            converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}}""") with { Model = "r", Over = Thinks },
    ];
}
