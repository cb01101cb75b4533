using Dragoman.Gateway.State;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Keys;

/// <summary>What a request was let in with, or why it was not.</summary>
public class Pass
{
    /// <summary>For callers without limits.</summary>
    public static Pass Free { get; } = new();

    /// <summary>Why the request may not go on, for the client (429 with its wait, 403, …); null when it may.</summary>
    public WireError? Refusal { get; init; }

    /// <summary>The <c>x-ratelimit-*</c> headers that tell the client how it stands.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// Gives back what was taken and books what was used. True when the entry is in the ledger by that (a budget was settled); false leaves
    /// the booking to the caller.
    /// </summary>
    /// <param name="used">What the request used.</param>
    public virtual ValueTask<bool> EndAsync(UsageEntry used) => new(false);
}
