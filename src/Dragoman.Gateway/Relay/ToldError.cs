using Dragoman.Wire.Conversation;
using Dragoman.Wire.Framing;

namespace Dragoman.Gateway.Relay;

/// <summary>Where an error stands in a stream that is passed on, and in what form.</summary>
/// <param name="Rest">How many of the bytes received come from its event on.</param>
/// <param name="Behind">How many of them come behind it.</param>
/// <param name="IsNative">Whether it has the form in which clients of the language look for an error: then it passes as it is.</param>
/// <param name="Text">Its own text.</param>
internal readonly record struct ToldError(int Rest, int Behind, bool IsNative, ReadOnlyMemory<byte> Text)
{
    /// <summary>The error that an event told.</summary>
    public static ToldError Of(Language language, SseFrame frame, int rest, int behind)
        => new(rest, behind, !frame.IsBare && HasForm(language, frame), frame.Data.ToArray());

    private static bool HasForm(Language language, SseFrame frame)
    {
        var skim = new JsonSkim(frame.Data.Span);
        while (skim.Next())
        {
            switch (language)
            {
                case Language.OpenAiChat or Language.OpenAiCompletions when skim.Name.SequenceEqual("error"u8) && skim.Value[0] is ((byte)'{' or (byte)'"'):
                    return true;
                case Language.AnthropicMessages when skim.Name.SequenceEqual("type"u8):
                    return frame.Name.Span.SequenceEqual("error"u8) && skim.Value.SequenceEqual("\"error\""u8);
                case Language.OpenAiResponses when skim.Name.SequenceEqual("type"u8):
                    return skim.Value.SequenceEqual("\"error\""u8) || skim.Value.SequenceEqual("\"response.failed\""u8);
            }
        }

        // Gemini's is a line of its own, and has to go out alone.
        return false;
    }
}
