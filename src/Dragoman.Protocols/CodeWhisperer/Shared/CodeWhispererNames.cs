using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>Names and ids as the service takes them.</summary>
internal static class CodeWhispererNames
{
    private const int MaxLength = 64;
    private const int HeadLength = 54;

    /// <summary>
    /// A tool's name upstream. A name that is not taken becomes its beginning and eight digits of its hash, as other clients of the service shorten names,
    /// the same in every turn.
    /// </summary>
    public static string Tool(TranslationContext exchange, string name)
    {
        if (name.Length is > 0 and <= MaxLength && char.IsAsciiLetter(name[0]) && name.All(IsLegal)) return name;
        var clean = string.Concat(name.Select(static c => IsLegal(c) ? c : '_'));
        if (clean.Length == 0 || !char.IsAsciiLetter(clean[0])) clean = "t" + clean;
        var shortened = $"{clean[..Math.Min(clean.Length, HeadLength)]}_{TextDigest.Hex(name, 8)}";
        exchange.Tools.Stand(name, shortened);
        return shortened;
    }

    /// <summary>A call's id upstream; the same for a call and its result.</summary>
    public static string Call(string id) => id.Length is > 0 and <= MaxLength && id.All(IsLegal) ? id : "call_" + TextDigest.Hex(id, 24);

    /// <summary>
    /// The id of a conversation: the same for every turn of it and for its side questions, because the service's prompt cache goes by it
    /// (anomalyco/opencode pull request 18768), and another for another client.
    /// </summary>
    public static string Conversation(ConversationRequest request, string? key)
    {
        var first = "";
        foreach (var turn in request.Turns)
        {
            if (turn.Role != Role.User || turn.Blocks.Find(static block => block is TextBlock) is not TextBlock text) continue;
            first = text.Text.ToString();
            break;
        }

        var session = key ?? request.PromptCacheKey ?? request.UserId;
        var system = session is null && request.System.Count > 0 && request.System[0] is TextBlock head ? head.Text.ToString() : "";
        var bytes = TextDigest.Bytes($"{session}\n{system}\n{first}")[..16];
        // The marks of a UUID made of a name (RFC 9562, version 8).
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static bool IsLegal(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
