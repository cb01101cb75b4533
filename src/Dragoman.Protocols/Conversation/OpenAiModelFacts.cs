using System.Globalization;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What the name of one of OpenAI's models tells about the parameters that it takes, over Chat and Responses alike. For models of others
/// nothing is refused.
/// </summary>
/// <remarks>
/// Reasoning models answer "Unsupported parameter: 'stop' is not supported with this model" and the like
/// (platform.openai.com "Reasoning models"; learn.microsoft.com "Azure OpenAI reasoning models", API and feature support). From gpt-5.1 on,
/// temperature and top_p are taken while the effort is <c>none</c> (platform.openai.com "Using GPT-5.2", Parameter compatibility).
/// </remarks>
internal readonly record struct OpenAiModelFacts
{
    /// <summary>The model's own name, without its maker's, in lower case.</summary>
    public string Name { get; private init; }

    /// <summary>The number in a gpt model's name (5.1 of <c>gpt-5.1-codex</c>); 0 for others.</summary>
    public double Version { get; private init; }

    /// <summary>Whether it is one of the o series (o1, o3, o4-mini).</summary>
    public bool IsOSeries { get; private init; }

    /// <summary>Whether it is one of OpenAI's reasoning models. Those named <c>chat</c> are not.</summary>
    public bool Reasons { get; private init; }

    /// <summary>The least effort the model can be told; <c>none</c> where it can be told not to reason, or never does.</summary>
    public string LeastEffort { get; private init; }

    /// <summary>Whether stop sequences, penalties and <c>logit_bias</c> are refused.</summary>
    public bool RefusesStops => Reasons;

    /// <summary>Whether <c>parallel_tool_calls</c> is refused over Chat.</summary>
    public bool RefusesParallelCalls => IsOSeries;

    /// <summary>The facts of a model.</summary>
    public static OpenAiModelFacts Get(string id)
    {
        var name = ModelName.WithoutPath(id).ToLowerInvariant();
        var version = VersionOf(name);
        var oSeries = name.Length > 1 && name[0] == 'o' && char.IsAsciiDigit(name[1]);
        var reasons = !name.Contains("chat", StringComparison.Ordinal) && (version >= 5 || oSeries || name.Contains("codex", StringComparison.Ordinal));
        return new()
        {
            Name = name,
            Version = version,
            IsOSeries = oSeries,
            Reasons = reasons,
            LeastEffort = !reasons ? "none"
                : name.Contains("codex", StringComparison.Ordinal) || name.Contains("-pro", StringComparison.Ordinal) || AlwaysReasons(name, version) ? "low"
                : version switch { >= 5.1 => "none", >= 5 => "minimal", _ => "low" },
        };
    }

    /// <summary>Whether the effort <c>max</c> is known: from gpt-5.6 on.</summary>
    public bool TakesMax => Version >= 5.6;

    /// <summary>
    /// Whether Chat takes functions only while the effort is <c>none</c>: from gpt-5.6 on whatever is said of it (developers.openai.com, model pages
    /// of GPT-6: "Chat Completions supports function calling only with reasoning_effort set to none").
    /// </summary>
    public bool CallsOnlyWithoutReasoning => Reasons && Version >= 5.6;

    /// <summary>Whether functions beside an effort other than <c>none</c> are refused over Chat: from gpt-5.4 on.</summary>
    public bool RefusesEffortBesideCalls => Reasons && Version >= 5.4;

    /// <summary>
    /// Whether the effort <c>none</c> is refused: by GPT-6 Astra, and from 6.1 on by all but Terra and Luna (developers.openai.com, model pages);
    /// newer models are taken to be like these.
    /// </summary>
    private static bool AlwaysReasons(string name, double version)
        => version >= 6 && !name.Contains("luna", StringComparison.Ordinal) && !name.Contains("terra", StringComparison.Ordinal) && (version >= 6.1 || !name.Contains("sol", StringComparison.Ordinal));

    /// <summary>Whether temperature and top_p are refused when the request asks for this reasoning.</summary>
    public bool RefusesSampling(ReasoningOptions? reasoning)
        => Reasons && !(LeastEffort == "none" && (reasoning is { Mode: ReasoningMode.Off } or { Effort: "none" } or { BudgetTokens: 0 }));

    private static double VersionOf(string name)
    {
        const string Mark = "gpt-";
        var at = name.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return 0;
        var rest = name.AsSpan(at + Mark.Length);
        var length = 0;
        while (length < rest.Length && (char.IsAsciiDigit(rest[length]) || rest[length] == '.')) length++;
        return double.TryParse(rest[..length].TrimEnd('.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
