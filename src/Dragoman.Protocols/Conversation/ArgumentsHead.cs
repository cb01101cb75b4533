using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Watches a function's arguments begin: some servers stream <c>null</c> or an empty string for a tool without parameters, which no client
/// can run. What may still come to that is held back; from the first byte that tells otherwise everything passes as it comes.
/// </summary>
internal sealed class ArgumentsHead
{
    private ArrayBufferWriter<byte>? _held;
    private bool _decided;

    /// <summary>Takes a piece and gives what can be reported by now.</summary>
    public JsonText Add(JsonText piece)
    {
        if (_decided) return piece;
        if (_held is null && piece.StartsWith("{"u8))
        {
            _decided = true;
            return piece;
        }

        piece.AppendUtf8(_held ??= new ArrayBufferWriter<byte>(32));
        if (ToolArguments.MayBeNothing(_held.WrittenSpan)) return default;
        _decided = true;
        return JsonText.FromUtf8(_held.WrittenMemory);
    }

    /// <summary>The arguments are whole. Gives what was held back, unless it passes nothing.</summary>
    public JsonText Complete()
    {
        if (_decided || _held is null || ToolArguments.IsNothing(_held.WrittenSpan)) return default;
        _decided = true;
        return JsonText.FromUtf8(_held.WrittenMemory);
    }
}
