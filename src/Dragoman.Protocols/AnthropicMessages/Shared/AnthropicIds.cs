using System.Buffers.Text;
using System.Text;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// Ids of tool calls in the alphabet that Messages allows (<c>[a-zA-Z0-9_-]</c>). Ids that fit pass unchanged; others are spelled in
/// base64url behind a prefix, so that they can be read back without anything being remembered.
/// </summary>
internal static class AnthropicIds
{
    private const string CallPrefix = "toolu_dgm_";
    private const string HostedPrefix = "srvtoolu_dgm_";

    /// <summary>The id as Messages may carry it.</summary>
    public static string ToWire(string id) => id.Length > 0 && id.All(Fits) ? id : Encode(CallPrefix, id);

    /// <summary>The id as it was before <see cref="ToWire"/>.</summary>
    public static string FromWire(string id) => Decode(CallPrefix, id) ?? id;

    /// <summary>The id of a hosted call that another protocol's upstream made.</summary>
    public static string ForeignHostedToWire(string id) => Encode(HostedPrefix, id);

    /// <summary>The foreign id behind a hosted call's id, or null when the call is Anthropic's own.</summary>
    public static string? ForeignHostedFromWire(string id) => Decode(HostedPrefix, id);

    /// <summary>The id of an answer: the upstream's own where it is of Anthropic's shape.</summary>
    public static string Message(string? upstream, string answerId)
        => upstream is not null && upstream.StartsWith("msg_", StringComparison.Ordinal) ? upstream : $"msg_{answerId[..Math.Min(24, answerId.Length)]}";

    private static bool Fits(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static string Encode(string prefix, string id) => prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    private static string? Decode(string prefix, string id)
    {
        if (!id.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var tail = id.AsSpan(prefix.Length);
        return Base64Url.IsValid(tail) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(tail)) : null;
    }
}
