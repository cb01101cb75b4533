using System.Text;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Text of this gateway's own making in a place that clients take for opaque and bring back: <c>dragoman1</c>, fields, and the content, with one sign
/// between them. Anybody can see whose it is; the sign tells the protocols' envelopes apart.
/// </summary>
/// <param name="sign">The sign between the parts; no field holds it.</param>
internal readonly struct OpaqueEnvelope(char sign)
{
    private const string Mark = "dragoman1";

    /// <summary>Where the fields begin.</summary>
    public static int Start => Mark.Length + 1;

    /// <summary>Whether a body has one anywhere at the beginning of a JSON string.</summary>
    public bool IsIn(ReadOnlySpan<byte> body) => body.IndexOf(sign == ':' ? "\"dragoman1:"u8 : "\"dragoman1."u8) >= 0;

    /// <summary>Whether a text is one.</summary>
    public bool Is(ReadOnlySpan<byte> text) => text.StartsWith("dragoman1"u8) && text.Length > Mark.Length && text[Mark.Length] == sign;

    /// <summary>Puts content behind fields.</summary>
    /// <param name="fields">The fields, with the sign between them.</param>
    /// <param name="content">The content, as it shall stand.</param>
    public byte[] Wrap(string fields, ReadOnlySpan<byte> content)
    {
        var head = Encoding.ASCII.GetBytes($"{Mark}{sign}{fields}{sign}");
        var whole = new byte[head.Length + content.Length];
        head.CopyTo(whole, 0);
        content.CopyTo(whole.AsSpan(head.Length));
        return whole;
    }
}
