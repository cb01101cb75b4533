using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Protobuf's JSON form takes every field in two spellings, <c>camelCase</c> and <c>snake_case</c>; so do the readers here.</summary>
internal static class GeminiField
{
    /// <summary>Whether the property name the reader stands on is <paramref name="camel"/> in either spelling.</summary>
    public static bool Is(this ref Utf8TokenReader reader, ReadOnlySpan<byte> camel)
        => reader.ValueIsEscaped ? reader.ValueTextEquals(camel) : Same(reader.ValueSpan, camel);

    /// <summary>Whether a name is <paramref name="camel"/> in either spelling.</summary>
    public static bool Same(ReadOnlySpan<byte> name, ReadOnlySpan<byte> camel)
    {
        var at = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c == (byte)'_' && i + 1 < name.Length && name[i + 1] is >= (byte)'a' and <= (byte)'z') c = (byte)(name[++i] - 32);
            if (at >= camel.Length || camel[at++] != c) return false;
        }

        return at == camel.Length;
    }

    /// <summary>The <c>camelCase</c> spelling of the name the reader stands on.</summary>
    public static string Camel(this ref Utf8TokenReader reader)
    {
        var name = reader.GetString()!;
        if (!name.Contains('_', StringComparison.Ordinal)) return name;
        var result = new System.Text.StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i > 0 && i + 1 < name.Length) result.Append(char.ToUpperInvariant(name[++i]));
            else result.Append(name[i]);
        }

        return result.ToString();
    }

    /// <summary>The string the reader stands on as it is, or empty (and the value skipped) for anything else.</summary>
    public static JsonText TextOrEmpty(this ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, source);
        reader.Skip();
        return default;
    }
}
