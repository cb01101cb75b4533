using System.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Framing;

/// <summary>What the errors of AWS services have in common (Smithy's awsJson and restJson protocols): an exception's name, and a body that may be none of theirs.</summary>
internal static class AwsErrorBody
{
    private const int MaxText = 2000;

    /// <summary>The name without its namespace (<c>com.amazon…#Name</c>) or address (<c>Name:http://…</c>).</summary>
    public static string? ShortName(string? type)
    {
        if (string.IsNullOrEmpty(type)) return null;
        var colon = type.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) type = type[..colon];
        return type[(type.LastIndexOf('#') + 1)..];
    }

    /// <summary>Reads the value of a member, unless an earlier one has told it.</summary>
    public static void Take(ref Utf8TokenReader reader, ref string? value)
    {
        reader.Read();
        var read = reader.StringOrNull();
        value ??= read;
    }

    /// <summary>The beginning of a body that has no message; empty for a page of HTML, which says nothing to a person at a terminal.</summary>
    public static string Clip(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxText)]).Trim();
        if (text.StartsWith('<')) return "";
        return body.Length > MaxText ? text + "…" : text;
    }
}
