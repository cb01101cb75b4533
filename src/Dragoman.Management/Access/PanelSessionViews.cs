using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Access;

/// <summary>A session that has just begun.</summary>
/// <param name="Token">Its token, told this once.</param>
/// <param name="Session">The session.</param>
/// <param name="Expiry">When it ends, at the latest and when nobody uses it.</param>
public sealed record StartedPanelSession(string Token, PanelSession Session, (DateTimeOffset At, DateTimeOffset Idle) Expiry)
{
    /// <summary>A record would print its members; this one holds a secret.</summary>
    public override string ToString() => Session.ToString();
}

/// <summary>The panel's sessions.</summary>
/// <param name="Sessions">The sessions, the one that was used last first.</param>
public sealed record PanelSessionListView(IReadOnlyList<PanelSessionView> Sessions);

/// <summary>A session of the panel.</summary>
/// <param name="Id">Its id, which is no secret.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastUsedAt">When it was used last, to the minute.</param>
/// <param name="ExpiresAt">When it ends at the latest.</param>
/// <param name="Address">The network address that it was begun from.</param>
/// <param name="UserAgent">The browser, as it calls itself.</param>
/// <param name="Current">Whether it is the caller's own.</param>
public sealed record PanelSessionView(string Id, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string Address, string UserAgent, bool Current);
