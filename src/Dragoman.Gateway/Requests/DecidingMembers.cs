using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// The members of a request body that the gateway decides on: who may ask, what is reserved, where it goes, what it refers to. JSON leaves open
/// which of two members of one name counts (RFC 8259, section 4), and some parsers match names without regard to case (Go's encoding/json, with
/// <c>ſ</c> and <c>K</c> as <c>s</c> and <c>k</c>; .NET and Java on demand). A body that such an upstream would read in another way than the
/// gateway is refused, so every deciding member stands once, and is spelled as its protocol spells it.
/// </summary>
internal static class DecidingMembers
{
    /// <summary>The longest name, all of whose letters are written as <c>\u0000</c>.</summary>
    private const int Longest = 21 * 6;

    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-."u8);

    /// <summary>Those of the body itself, by the name as a parser without regard to case would read it.</summary>
    private static readonly FrozenDictionary<string, string> Spellings = new[]
    {
        "model", "models", "fallbacks", "stream", "stream_options", "prompt_cache_key", "previous_response_id", "conversation", "thread", "metadata", "background", "store", "system", "instructions",
        "systemInstruction", "system_instruction", "max_tokens", "max_completion_tokens", "max_output_tokens", "generationConfig", "generation_config", "messages", "input", "contents", "prompt", "n", "best_of",
        "type", "generate", "stream_id",
    }.ToFrozenDictionary(static name => name.ToLowerInvariant());

    /// <summary>Refuses a member of the body that is not spelled exactly as a deciding one, but that some parser reads as one.</summary>
    /// <param name="name">The name as it stands in the body, escapes included; one that is spelled exactly must not be passed.</param>
    /// <exception cref="WireException">It is such a name.</exception>
    public static void RefuseVariant(ReadOnlySpan<byte> name)
    {
        // Nearly all names are plain lower case: they are what they say.
        if (name.Length > Longest || name.IndexOfAnyExcept(Plain) < 0) return;
        Span<char> letters = stackalloc char[Longest];
        if (Spellings.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(Fold(name, letters), out var spelling)) throw Variant(spelling);
    }

    /// <summary>The same for a member of a nested object.</summary>
    /// <param name="name">The name as it stands there.</param>
    /// <param name="spelling">How the deciding member is spelled, in ASCII.</param>
    public static void RefuseVariant(ReadOnlySpan<byte> name, ReadOnlySpan<byte> spelling)
    {
        if (spelling.IsEmpty || name.Length > Longest || name.Length < spelling.Length) return;
        Span<char> letters = stackalloc char[Longest];
        var folded = Fold(name, letters);
        if (folded.Length != spelling.Length) return;
        for (var index = 0; index < folded.Length; index++)
        {
            if (folded[index] != char.ToLowerInvariant((char)spelling[index])) return;
        }

        throw Variant(Encoding.UTF8.GetString(spelling));
    }

    /// <summary>The error for a deciding member that stands twice.</summary>
    public static WireException Repeated(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return WireException.Invalid($"The request body has '{text}' more than once; which of them counts depends on who reads it. Send it once.", text, "duplicate_parameter");
    }

    private static WireException Variant(string spelling) => WireException.Invalid(
        $"The request body has a member that may be read as '{spelling}' but is spelled differently (letter case or escapes); spell it '{spelling}'.", spelling, "ambiguous_parameter");

    /// <summary>The name as the most tolerant parser reads it: unescaped, in lower case, cut off at a NUL.</summary>
    private static ReadOnlySpan<char> Fold(ReadOnlySpan<byte> name, Span<char> folded)
    {
        Span<char> text = stackalloc char[Longest];
        text = text[..Encoding.UTF8.GetChars(name, text)];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter == '\\' && at + 1 < text.Length)
            {
                letter = text[++at];
                if (letter == 'u' && at + 4 < text.Length && ushort.TryParse(text.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                {
                    letter = (char)unit;
                    at += 4;
                }
            }

            if (letter == '\0') break;
            folded[length++] = letter switch
            {
                '\u017F' => 's',
                '\u212A' => 'k',
                '\u0130' or '\u0131' => 'i',
                _ => char.ToLowerInvariant(letter),
            };
        }

        return folded[..length];
    }
}
