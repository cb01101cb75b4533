using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Copilot CLI's tool choice <c>validated</c>, which is Gemini's word: upstreams of all other protocols reject it, and to them it means that the model
/// decides.
/// </summary>
internal static class ValidatedToolChoice
{
    /// <summary>Replaces it by the protocol's own word for a free choice.</summary>
    public static void Replace(in PassthroughBody body, ReadOnlySpan<byte> free, ref BodyEdits edits)
    {
        if (body.ToolChoice.Equals(default)) return;
        var value = body.Bytes[body.ToolChoice];
        if (value.Length > 200 || value.IndexOf("\"validated\""u8) < 0) return;
        if (value[0] == (byte)'"' || (value[0] == (byte)'{' && TopLevelJsonScanner.TextOf(value, "type"u8).SequenceEqual("validated"u8))) edits.Add(body.ToolChoice, free.ToArray());
    }
}
