using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>A kept response: what was asked, what was answered, and what it continues. All bytes are its own.</summary>
public sealed record StoredResponse
{
    /// <summary>Whose it is; the id of the caller's key, empty on an open gateway.</summary>
    public required string Owner { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The <c>status</c> of <see cref="Response"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The <c>response</c> object as the client got it last.</summary>
    public required ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>The request's own <c>input</c>: a string, a list of items with references resolved, or empty. What it continues is not in it.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The response it continues, or null.</summary>
    public string? ParentId { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Whether it was made without a client waiting.</summary>
    public bool Background { get; init; }

    /// <summary>Its events, where it was streamed and they were not too many; else null.</summary>
    public EventLog? Events { get; init; }

    /// <summary>The lease under which it is made, where other processes share the store; else null.</summary>
    public Fence? Fence { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public bool IsFinal => Status is not ("queued" or "in_progress");

    /// <summary>How many bytes it takes, roughly.</summary>
    public long Size => 512 + Response.Length + Input.Length + (Events?.Size ?? 0);
}
