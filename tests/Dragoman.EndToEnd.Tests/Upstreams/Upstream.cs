namespace Dragoman.EndToEnd.Tests.Upstreams;

/// <summary>What the gateway stands before in a test: it does what <c>say:</c>, <c>create file</c> and <c>call:</c> in a prompt tell.</summary>
internal interface IUpstream : IAsyncDisposable
{
    /// <summary>Where it listens, for every language.</summary>
    Uri Address { get; }

    /// <summary>The requests since the last call, and forgets them.</summary>
    Task<IReadOnlyList<SeenRequest>> TakeRequestsAsync();
}

/// <summary>One request that reached an upstream.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Status">What it was answered with.</param>
/// <param name="Refused">The rule it broke; null when none.</param>
/// <param name="Body">Its body, as far as the upstream tells it.</param>
internal sealed record SeenRequest(string Path, int Status, string? Refused, string Body)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} → {Status} {Refused}\n{(Body.Length > 6000 ? Body[..3000] + " … " + Body[^3000..] : Body)}";
}
