using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>The steps over JSON that all of Chat's readers take.</summary>
internal static class ChatJson
{
    /// <summary>The value of the property the reader stands on, whole.</summary>
    public static JsonSlice Value(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        return JsonSlice.From(ref reader, source);
    }

    /// <summary>The value of the property the reader stands on as text; empty (and skipped) for anything but a string.</summary>
    public static JsonText Text(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, source);
        reader.Skip();
        return default;
    }

    /// <summary>The value of the property the reader stands on as a .NET string, or null.</summary>
    public static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    /// <summary>The text a slice holds when it is a string; else empty.</summary>
    public static JsonText TextOf(JsonSlice slice) => slice.Text;

    /// <summary>Keeps the property the reader stands on under Chat's name; a null says nothing and is passed over.</summary>
    public static void Extra(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, List<Extra> extras, string prefix = "")
    {
        var name = prefix + reader.GetString();
        var value = Value(ref reader, source);
        if (!value.IsNull) extras.Add(new(Protocol.OpenAiChat, name, value));
    }

    /// <summary>As the other <c>Extra</c>, for a list that is made when first needed.</summary>
    public static void Extra(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, ref List<Extra>? extras, string prefix = "")
    {
        var list = extras ?? [];
        Extra(ref reader, source, list, prefix);
        if (list.Count > 0) extras = list;
    }

    /// <summary>Reads Anthropic's <c>cache_control</c>, which OpenRouter and LiteLLM take over.</summary>
    public static CacheHint? Cache(JsonSlice value)
    {
        List<Extra>? unknown = null;
        return Cache(value, ref unknown);
    }

    /// <summary>As the other <c>Cache</c>; <paramref name="unknown"/> gets the members that are not known.</summary>
    public static CacheHint? Cache(JsonSlice value, ref List<Extra>? unknown)
    {
        if (!value.IsObject) return null;
        var reader = value.Read();
        reader.Read();
        string? ttl = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("ttl"u8)) ttl = String(ref reader);
            else if (reader.ValueTextEquals("type"u8)) _ = String(ref reader);
            else Extra(ref reader, value.Bytes, ref unknown, "cache_control.");
        }

        return new CacheHint(ttl);
    }

    /// <summary>What a JSON value is called in OpenAI's own error messages.</summary>
    public static string KindOf(JsonSlice value) => value.IsEmpty ? "nothing" : (char)value.Bytes.Span[0] switch
    {
        '{' => "an object",
        '[' => "an array",
        '"' => "a string",
        't' or 'f' => "a boolean",
        'n' => "null",
        _ => "a number",
    };

    /// <summary>An error about a value of the wrong type, in OpenAI's words.</summary>
    public static WireException WrongType(string param, string expected, JsonSlice got)
        => WireException.Invalid($"Invalid type for '{param}': expected {expected}, but got {KindOf(got)} instead.", param, "invalid_type");
}
