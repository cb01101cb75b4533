using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding.Attempts;

/// <summary>How far an attempt has come. It is read when the attempt is over, also when that is because the client left in the middle.</summary>
internal sealed class AttemptProgress
{
    /// <summary>Which path it takes (<c>passthrough</c>, <c>translated</c>); null before it was chosen.</summary>
    public string? Mode { get; set; }

    /// <summary>By what the upstream was asked; null before it was.</summary>
    public AttemptTransport? Transport { get; set; }

    /// <summary>Whether the upstream was asked and has neither answered nor failed.</summary>
    public bool IsPending { get; set; }

    /// <summary>Whether the answer has begun to go to the client.</summary>
    public bool HasBegun { get; set; }

    /// <summary>What the answer cost, as far as is known: of one that was not finished, what had been said by then.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>Whether the upstream had said all.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether the client was sent all of it, its end included: who leaves then has what was asked for.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>Whether the client got any content.</summary>
    public bool HadContent { get; set; }

    /// <summary>What could not be carried.</summary>
    public IReadOnlyList<Loss> Losses { get; set; } = [];
}
