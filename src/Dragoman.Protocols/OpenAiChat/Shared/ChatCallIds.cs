using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>
/// The ids of tool calls as the server takes them: shortened where they are too long, nine letters and digits for Mistral. The same id gives
/// the same in every turn, for a call and its result.
/// </summary>
internal sealed class ChatCallIds(bool nine)
{
    private const int Longest = 40;
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public string Upstream(string id)
    {
        if (nine)
        {
            if (id.Length == 9 && id.All(char.IsAsciiLetterOrDigit)) return id;
            return string.Create(9, TextDigest.Bytes(id), static (span, bytes) =>
            {
                for (var i = 0; i < span.Length; i++) span[i] = Letters[bytes[i] % Letters.Length];
            });
        }

        return id.Length <= Longest ? id : "call_" + TextDigest.Hex(id, 32);
    }
}
