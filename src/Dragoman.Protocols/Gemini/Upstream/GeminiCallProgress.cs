using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// The calls of Gemini: whole objects, but for those that come in pieces (<c>streamFunctionCallArguments</c> of Vertex AI), each of which says whether
/// another follows (<c>willContinue</c>). A call that was to go on and did not is torn.
/// </summary>
internal sealed class GeminiCallProgress : ToolCallProgress
{
    private bool _goesOn;
    private bool _torn;

    /// <inheritdoc/>
    protected override CallState Read(ReadOnlySpan<byte> data)
    {
        if (!(_goesOn || _torn || data.IndexOf("\"willContinue\""u8) >= 0)) return State;
        var chunk = GeminiChunkState.Read(data);
        _torn |= chunk.TearsCall || (_goesOn && chunk.BeginsCall);
        if (chunk.Calls) _goesOn = chunk.CallGoesOn;
        return chunk.Finish is { IsCut: false, IsFailure: false } && (_goesOn || _torn) ? CallState.Torn : State;
    }

    /// <inheritdoc/>
    protected override bool ReadWhole(ReadOnlySpan<byte> body) => Read(body) == CallState.Torn;
}
