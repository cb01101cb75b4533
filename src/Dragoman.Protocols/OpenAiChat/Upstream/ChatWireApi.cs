using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Which of OpenAI's models are better asked over Responses than over Chat.</summary>
public static class ChatWireApi
{
    /// <summary>
    /// Whether the model calls functions over Chat only while it does not reason (<see cref="OpenAiModelFacts"/>): over Responses it does both.
    /// </summary>
    /// <param name="model">The model's name upstream.</param>
    public static bool PrefersResponses(string model)
    {
        var dialect = new ChatDialect(new UpstreamModel(model));
        return dialect.IsOpenAi && dialect.Facts.RefusesEffortBesideCalls;
    }
}
