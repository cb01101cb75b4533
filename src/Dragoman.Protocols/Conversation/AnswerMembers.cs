using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>The members of a JSON object by which a whole answer of a protocol is recognised.</summary>
public sealed class AnswerMembers
{
    /// <summary>Names whose value must be a list with at least one element.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lists { get; init; } = [];

    /// <summary>Names whose value may be anything but null.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Others { get; init; } = [];

    /// <summary>Whether the answer may be an array of chunks: what Gemini's stream without <c>alt=sse</c> is.</summary>
    public bool MayBeArray { get; init; }

    /// <summary>Whether the property name at the reader stands for an answer.</summary>
    internal bool Matches(ref Utf8TokenReader reader, out bool isList)
    {
        isList = Has(Lists, ref reader);
        return isList || Has(Others, ref reader);
    }

    private static bool Has(IReadOnlyList<ReadOnlyMemory<byte>> names, ref Utf8TokenReader reader)
    {
        for (var index = 0; index < names.Count; index++)
            if (reader.ValueTextEquals(names[index].Span)) return true;
        return false;
    }
}
