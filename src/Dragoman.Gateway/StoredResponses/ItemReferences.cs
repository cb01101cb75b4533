using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Finds references to stored items in the <c>input</c> of a Responses request. A reference need not say what it is: its <c>type</c> may be
/// null or absent (OpenAI's schema, <c>ItemReferenceParam</c>), and a message may leave its type out too, but has a role.
/// </summary>
public static class ItemReferences
{
    /// <summary>Whether a list of items holds a reference. Jumps over what the items hold.</summary>
    /// <exception cref="WireException">An item can be read in two ways.</exception>
    public static bool Any(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || input[0] != (byte)'[') return false;
        for (var at = 1; at < input.Length;)
        {
            var next = input[at..].IndexOfAnyExcept(" \t\r\n,"u8);
            // The list is over; or something else than an object stands in it, and no upstream takes that.
            if (next < 0 || input[at + next] != (byte)'{') return false;
            at += next;
            var end = JsonBrackets.EndOf(input, at, TopLevelJsonScanner.MaxDepth);
            if (end < 0) return false;
            if (IsReference(input[at..end])) return true;
            at = end;
        }

        return false;
    }

    /// <summary>Whether an item is a reference.</summary>
    /// <exception cref="WireException">Its <c>type</c> or <c>id</c> stands twice, or is spelled so that an upstream may or may not read it.</exception>
    public static bool IsReference(ReadOnlySpan<byte> item)
    {
        var type = RequestMembers.Text(RequestMembers.Only(item, "type"u8));
        if (type is not null && type != "item_reference") return false;
        return !RequestMembers.Only(item, "id"u8).IsEmpty && (type is not null || RequestMembers.Only(item, "role"u8).IsEmpty);
    }
}
