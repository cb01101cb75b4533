using System.Collections.Immutable;

namespace Dragoman.Gateway.Text;

/// <summary>Words for people, and what they say as a code that stays the same: whoever knows the code can say it in another language, and everybody else shows the words.</summary>
/// <param name="Code">The code, in lower case with underscores.</param>
/// <param name="Text">The words, in English.</param>
/// <param name="Values">What the words name besides: numbers, names and days, as texts; empty for nothing.</param>
public sealed record CodedText(string Code, string Text, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Words with what they name, if anything.</summary>
    public static CodedText Create(string code, string text, params (string Name, string Value)[] values)
        => new(code, text, values.ToImmutableDictionary(static value => value.Name, static value => value.Value, StringComparer.Ordinal));
}
