using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Framing;

namespace Dragoman.Gateway.Forwarding;

/// <summary>Where an error stands in a stream that is passed on, and in what form.</summary>
/// <param name="Rest">How many of the bytes received come from its event on.</param>
/// <param name="Behind">How many of them come behind it.</param>
/// <param name="IsNative">Whether it has the form in which clients of the language look for an error: then it passes as it is.</param>
/// <param name="Text">Its own text.</param>
internal readonly record struct ReportedError(int Rest, int Behind, bool IsNative, ReadOnlyMemory<byte> Text)
{
    /// <summary>The error that an event told.</summary>
    public static ReportedError Of(Protocol language, SseFrame frame, int rest, int behind)
        => new(rest, behind, !frame.IsBare && HasForm(language, frame), frame.Data.ToArray());

    private static bool HasForm(Protocol language, SseFrame frame)
    {
        var skim = new TopLevelJsonScanner(frame.Data.Span);
        while (skim.Next())
        {
            switch (language)
            {
                case Protocol.OpenAiChat or Protocol.OpenAiCompletions when skim.Name.SequenceEqual("error"u8) && skim.Value[0] is ((byte)'{' or (byte)'"'):
                    return true;
                case Protocol.AnthropicMessages when skim.Name.SequenceEqual("type"u8):
                    return frame.Name.Span.SequenceEqual("error"u8) && skim.Value.SequenceEqual("\"error\""u8);
                case Protocol.OpenAiResponses when skim.Name.SequenceEqual("type"u8):
                    return skim.Value.SequenceEqual("\"error\""u8) || skim.Value.SequenceEqual("\"response.failed\""u8);
            }
        }

        // Gemini's is a line of its own, and has to go out alone.
        return false;
    }
}
