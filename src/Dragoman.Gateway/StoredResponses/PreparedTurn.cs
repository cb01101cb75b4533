using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>A request whose state is resolved: what goes on, and what is to be kept of it.</summary>
public sealed record PreparedTurn
{
    /// <summary>The body to forward.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether <see cref="Body"/> holds more than the client sent; then it is translated, since kept items do not fit every upstream as they are.</summary>
    public bool IsRewritten { get; init; }

    /// <summary>The request's <c>input</c> as it is kept, references resolved. Borrows the body.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The new items alone, without what the turn hangs on. Borrows the body.</summary>
    public ReadOnlyMemory<byte> Own { get; init; }

    /// <summary>What stands before the new items, as lists of items, oldest first.</summary>
    public IReadOnlyList<JsonSlice> History { get; init; } = [];

    /// <summary>What it continues, where that is kept here, or null.</summary>
    public string? ParentId { get; init; }

    /// <summary>The conversation it belongs to, where that is kept here, or null.</summary>
    public string? ConversationId { get; init; }
}
