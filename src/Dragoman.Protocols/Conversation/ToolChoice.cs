namespace Dragoman.Protocols.Conversation;

/// <summary>How free the model is in calling tools.</summary>
public enum ToolChoiceMode
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No tool may be called.</summary>
    None,

    /// <summary>Some tool must be called.</summary>
    Required,

    /// <summary>The tool of <see cref="ToolChoice.Name"/> must be called.</summary>
    Named,
}

/// <summary>Which tools the model may or must call.</summary>
public sealed class ToolChoice
{
    /// <summary>How free the model is.</summary>
    public ToolChoiceMode Mode { get; init; }

    /// <summary>The tool's name for <see cref="ToolChoiceMode.Named"/>, else null.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Whether a model that is left to decide is held to the declared schemas (Gemini's <c>VALIDATED</c>, Copilot CLI's <c>validated</c>); other
    /// protocols have no word for it and are told <c>auto</c>.
    /// </summary>
    public bool IsValidated { get; init; }

    /// <summary>Limits the choice to these tools (Responses' <c>allowed_tools</c>, Gemini's <c>allowedFunctionNames</c>), or null.</summary>
    public List<string>? Allowed { get; init; }
}
