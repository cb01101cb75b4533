using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>What a request was let in with, or why it was not.</summary>
public class AdmissionLease
{
    /// <summary>For callers without limits.</summary>
    public static AdmissionLease Free { get; } = new();

    /// <summary>Why the request may not go on, for the client (429 with its wait, 403, …); null when it may.</summary>
    public WireError? Refusal { get; init; }

    /// <summary>The <c>x-ratelimit-*</c> headers that tell the client how it stands.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How many tokens of answer are paid for in advance; an answer that outgrows them is reported by <see cref="OnExceeded"/>. Null when nobody needs to know.</summary>
    public virtual long? ExpectedOutput => null;

    /// <summary>A request that may not go on. Nothing was taken for it, and nothing of it is booked.</summary>
    public static AdmissionLease Refused(WireError refusal, IReadOnlyList<KeyValuePair<string, string>> headers) => new RefusedPass { Refusal = refusal, Headers = headers };

    /// <summary>The answer has more tokens than expected, about so many by now. Returns at once.</summary>
    public virtual void OnExceeded(long outputTokens)
    {
    }

    /// <summary>
    /// Gives back what was taken and books what was used. True when nothing is left to book (the entry is in the ledger by that, because a
    /// budget was settled, or none is wanted); false leaves the booking to the caller.
    /// </summary>
    /// <param name="used">What the request used.</param>
    public virtual ValueTask<bool> EndAsync(UsageEntry used) => new(false);

    private sealed class RefusedPass : AdmissionLease
    {
        public override ValueTask<bool> EndAsync(UsageEntry used) => new(true);
    }
}
