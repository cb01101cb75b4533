namespace Dragoman.Protocols.Conversation;

/// <summary>Who can read a reasoning signature. A signature given to another family is refused upstream.</summary>
public enum SignatureFamily
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Claude, on any host.</summary>
    Claude,

    /// <summary>Gemini, on any host.</summary>
    Gemini,

    /// <summary>OpenAI's reasoning models.</summary>
    OpenAi,

    /// <summary>Other models, whose reasoning carries no signature or a foreign one.</summary>
    Other,
}
