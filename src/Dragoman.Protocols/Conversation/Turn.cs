namespace Dragoman.Protocols.Conversation;

/// <summary>Who speaks.</summary>
public enum Role
{
    /// <summary>The user, and the results of tools.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>The operator, in the middle of the conversation (leading system text is <see cref="ConversationRequest.System"/>).</summary>
    System,

    /// <summary>OpenAI's developer role, in the middle of the conversation.</summary>
    Developer,
}

/// <summary>
/// One turn of the conversation. Readers keep the source's own division; writers merge or split turns as their protocol demands.
/// </summary>
public sealed class Turn(Role role)
{
    /// <summary>Who speaks.</summary>
    public Role Role { get; } = role;

    /// <summary>What is said, in order.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>The speaker's name (Chat's <c>name</c>), or null.</summary>
    public string? Name { get; init; }

    /// <summary>Fields of the source message that the model does not name.</summary>
    public List<Extra>? Extras { get; set; }
}
