using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>Reads values of a request body as any upstream may read them: numbers in every spelling, members of nested objects that stand once.</summary>
internal static class RequestMembers
{
    /// <summary>More answers than any upstream gives to one request.</summary>
    public const int MostAnswers = 10_000;

    /// <summary>More output than any model has.</summary>
    private const long MostTokens = 1_000_000_000;

    private const int MostTexts = 1_000;

    /// <summary>A member of a nested object, or empty where there is none, or no object.</summary>
    /// <param name="json">The nested value.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="alias">A second name of the same member; empty for none.</param>
    /// <param name="variants">Whether other spellings are let pass, because the object's names are the client's own.</param>
    /// <exception cref="WireException">The member stands twice, or is spelled in another way.</exception>
    public static ReadOnlySpan<byte> Only(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> alias = default, bool variants = false)
    {
        if (json.IsEmpty || json[0] != (byte)'{') return default;
        var found = ReadOnlySpan<byte>.Empty;
        var skim = new TopLevelJsonScanner(json);
        while (skim.Next())
        {
            if (!skim.Name.SequenceEqual(name) && (alias.IsEmpty || !skim.Name.SequenceEqual(alias)))
            {
                if (variants) continue;
                DecidingMembers.RefuseVariant(skim.Name, name);
                DecidingMembers.RefuseVariant(skim.Name, alias);
                continue;
            }

            if (!found.IsEmpty) throw DecidingMembers.Repeated(skim.Name);
            found = skim.Value;
        }

        return skim.Broken ? throw WireException.Invalid("The request body is not valid JSON.", code: "invalid_json") : found;
    }

    /// <summary>Whether a value is <c>true</c> or <c>false</c>; null for <c>null</c>.</summary>
    /// <exception cref="WireException">It is anything else: some upstreams read "false", "no" and 0 as false, others refuse them.</exception>
    public static bool? GetBool(ReadOnlySpan<byte> value, string name) => value switch
    {
        _ when value.SequenceEqual("true"u8) => true,
        _ when value.SequenceEqual("false"u8) => false,
        _ when value.SequenceEqual("null"u8) => null,
        _ => throw WireException.Invalid($"Invalid type for '{name}': expected true or false.", name, "invalid_type"),
    };

    /// <summary>
    /// A positive number, rounded up; null for none. Upstreams take <c>9e4</c> and <c>90000.0</c>, and Google's and Python's take <c>"90000"</c>, for 90000.
    /// </summary>
    public static long? Number(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return null;
        if (value[0] == (byte)'"') value = Encoding.UTF8.GetBytes((Text(value) ?? "").Trim().Replace("_", "", StringComparison.Ordinal));
        if (value.Length > 0 && value[0] == (byte)'+') value = value[1..];
        if (!Utf8Parser.TryParse(value, out double number, out var read) || read != value.Length || !(number > 0)) return null;
        return number >= MostTokens ? MostTokens : (long)Math.Ceiling(number);
    }

    /// <summary>How many of something are asked for; 1 where that is not said.</summary>
    public static int Count(ReadOnlySpan<byte> value) => (int)Math.Min(Number(value) ?? 1, MostAnswers);

    /// <summary>How many prompts a request of Completions holds: a list of texts or of token lists is one request for each.</summary>
    public static int Prompts(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != (byte)'[') return 1;
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = TopLevelJsonScanner.MaxDepth });
            reader.Read();
            var count = 0;
            while (reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray && count < MostAnswers)
            {
                reader.Skip();
                count++;
            }

            return Math.Max(count, 1);
        }
        catch (JsonException)
        {
            return 1;
        }
    }

    /// <summary>Every text in a value, however it nests; names of members are none.</summary>
    public static IReadOnlyList<string> GetStrings(ReadOnlySpan<byte> value)
    {
        var texts = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = TopLevelJsonScanner.MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String) continue;
                if (texts.Count == MostTexts) throw WireException.Invalid($"More than {MostTexts} models are named to fall back to.", "models", "array_above_max_length");
                texts.Add(reader.GetString()!);
            }
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            throw WireException.Invalid("The request body is not valid JSON.", code: "invalid_json");
        }

        return texts;
    }

    /// <summary>A text, unescaped; null for anything else.</summary>
    public static string? Text(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value[0] != (byte)'"') return null;
        var plain = value[1..^1];
        if (plain.IndexOf((byte)'\\') < 0 && plain.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0) return Encoding.UTF8.GetString(plain);
        try
        {
            var reader = new Utf8JsonReader(value);
            return reader.Read() ? reader.GetString() : null;
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
