namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>One thing an upstream can answer, and how one sees in a client's answer that it arrived.</summary>
/// <param name="Feature">What people call it.</param>
/// <param name="Says">How each upstream language says it; one that cannot is absent. Messages stand for Anthropic's models on Bedrock too.</param>
/// <param name="Seen">What the client's answer holds when it was carried (a regular expression), by client language; `*` for all others.</param>
internal sealed record AnswerProbe(string Feature, IReadOnlyDictionary<string, NativeAnswer> Says, IReadOnlyDictionary<string, string> Seen)
{
    /// <summary>What the client asks for, where the thing comes only to those who ask; null for a plain question.</summary>
    public Probe? Asked { get; init; }

    /// <summary>What people call it when it is seen.</summary>
    public string How { get; init; } = "carried";

    /// <summary>Other forms in which it may arrive, and what people call them.</summary>
    public IReadOnlyList<(string Seen, string How)> As { get; init; } = [];

    /// <summary>Whether the client's language can ask for it.</summary>
    public bool Concerns(string client) => Asked is null || Asked.Say.ContainsKey(client);

    /// <summary>What the upstream says, or null where its language cannot.</summary>
    public NativeAnswer? SaidBy(string upstream) => Says.GetValueOrDefault(upstream == "bedrock-anthropic" ? "messages" : upstream);

    /// <summary>What to look for in the answer of a client language.</summary>
    public string SeenBy(string client) => Seen.GetValueOrDefault(client) ?? Seen["*"];
}
