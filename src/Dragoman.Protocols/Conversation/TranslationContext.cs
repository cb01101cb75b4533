using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// One translation from end to end: what was asked, where it goes, what could not be carried, and the small agreements that the way
/// there makes and the way back must keep (names that were changed, custom tools that were wrapped).
/// </summary>
public sealed class TranslationContext(ConversationRequest request, UpstreamModel model)
{
    /// <summary>What the client asked; once a writer has begun, in the form that the upstream's protocol demands (<see cref="Prepare"/>).</summary>
    public ConversationRequest Request { get; private set; } = request;

    /// <summary>Where it goes.</summary>
    public UpstreamModel Model { get; } = model;

    /// <summary>What could not be carried, both ways.</summary>
    public Losses Losses { get; init; } = new();

    /// <summary>Tool names and wrappings agreed on the way there.</summary>
    public ToolNameMap Tools { get; } = new();

    /// <summary>
    /// Whether the upstream is Anthropic itself and gets Claude Code's attribution line back; to any other host it says nothing and spoils the
    /// prompt's cache with every request.
    /// </summary>
    public bool KeepsAttribution { get; init; }

    /// <summary>What the provider knows of the account and the model that the protocol's writer and readers need; null for a protocol that needs nothing.</summary>
    public UpstreamOptions? Options { get; init; }

    /// <summary>What tells this conversation from others, the same in every turn of it; null where nobody knows more than the request says.</summary>
    public string? ConversationKey { get; init; }

    /// <summary>The model name that the client's protocol shows in the answer: what the client asked for.</summary>
    public string ClientModel { get; init; } = request.Model;

    /// <summary>An id for the answer where the upstream gives none or one of another protocol's shape; 24 or more letters and digits.</summary>
    public string AnswerId { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>When the answer began, in Unix seconds (<c>created</c>, <c>created_at</c>).</summary>
    public long CreatedAt { get; init; }

    /// <summary>The clock by which an answer's time is told; null where nobody measures it.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>When the exchange began, as <see cref="Clock"/> stamps it.</summary>
    public long BeganAt { get; init; }

    /// <summary>How long the exchange has taken by now, in milliseconds.</summary>
    public long ElapsedMilliseconds => Clock is null ? 0 : (long)Clock.GetElapsedTime(BeganAt).TotalMilliseconds;

    /// <summary>Whether an answer that ends as if all were said, and has said nothing, is a failure (<see cref="EmptyAnswers"/>).</summary>
    public bool RefusesEmptyAnswers { get; init; }

    /// <summary>The most bytes of text, arguments and media that an answer may bring.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;

    /// <summary>Whether the client's protocol says the whole answer once more at its end, so that text is kept and not only passed on.</summary>
    public bool KeepsText { get; init; } = true;

    /// <summary>What a large answer's text is counted in while it is being told; null for nothing.</summary>
    public MemoryShare? Memory { get; set; }

    /// <summary>A local count of the prompt's tokens, for protocols that must say it before the upstream has; null when not counted.</summary>
    public long? EstimatedInputTokens { get; init; }

    /// <summary>Brings the request into the form that the upstream's protocol demands. Every request writer begins with this.</summary>
    internal void Prepare(in ConversationRules rules) => Request = ConversationPreparation.Apply(Request, rules, Losses);
}
