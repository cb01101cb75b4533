namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>The tier that answered, in OpenAI's words: clients of typed languages refuse Anthropic's.</summary>
internal static class ChatServiceTier
{
    /// <summary>The word for clients; null when OpenAI has none for it.</summary>
    public static string? Parse(string? tier) => tier switch
    {
        "standard" => "default",
        "batch" => null,
        _ => tier,
    };
}
