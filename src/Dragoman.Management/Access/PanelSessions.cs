using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Access;

/// <summary>
/// Sessions of people who signed in to the panel with the management secret. A token is random, and only its hash is kept, in the store, so that a session outlives a restart and is the
/// same on every node. It ends when nobody has used it for a while, at an age, when it is revoked, and whenever the management secret is another than the one it was begun with.
/// </summary>
public sealed class PanelSessions(IPanelSessionStore store, ManagementSecret secret, ManagementLogin login, Func<GatewayConfig> config, AuditTrail audit, TimeProvider time)
{
    /// <summary>The code of the error that a token gets which is none, or not any more.</summary>
    public const string EndedCode = "session_ended";

    /// <summary>How many sessions there are at most.</summary>
    public const int Most = 100;

    private const int MostUserAgent = 300;

    /// <summary>How precisely it is known when a session was used last.</summary>
    private static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    /// <summary>What the store said last: it serves while the store does not answer.</summary>
    private readonly ConcurrentDictionary<string, PanelSession> _known = new(StringComparer.Ordinal);

    /// <summary>A session was ended by this process.</summary>
    public event EventHandler? Ended;

    /// <summary>Begins a session for who shows the secret. Wrong ones count for the lock-out, as everywhere.</summary>
    /// <param name="shown">What is shown as the secret.</param>
    /// <param name="address">Where the caller is, by the socket.</param>
    /// <param name="userAgent">The browser, as it calls itself.</param>
    /// <param name="actor">The caller, as the audit log names it.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public Task<ManagementResult<StartedPanelSession>> StartAsync(string? shown, IPAddress? address, string userAgent, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<StartedPanelSession>(async () =>
    {
        ArgumentNullException.ThrowIfNull(userAgent);
        ArgumentNullException.ThrowIfNull(actor);
        var (token, id) = PanelToken.Make();
        // Before the secret is compared: one that is changed meanwhile ends what begins here.
        var proof = secret.MarkFor(token);
        if (await login.CheckAsync(shown ?? "", address, actor, cancellationToken) is { } error) return error;
        var (now, options) = (time.GetUtcNow(), config().Management);
        var session = new PanelSession(id, PanelToken.HashOf(token), proof)
        {
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.SessionLifetime,
            Address = actor.Address,
            UserAgent = userAgent.Length > MostUserAgent ? userAgent[..MostUserAgent] : userAgent,
        };
        await store.PruneAsync(now, now - options.SessionIdle, cancellationToken);
        await store.AddAsync(session, Most, cancellationToken);
        await audit.RecordAsync(actor, "session.begin", id);
        return new StartedPanelSession(token, session, ExpiryOf(session));
    });

    /// <summary>The session of a token that is in force; it counts as used now. An error for every other token, the same for all of them.</summary>
    public async ValueTask<ManagementResult<PanelSession>> UseAsync(string token, CancellationToken cancellationToken)
    {
        var found = await FindAsync(token, cancellationToken);
        if (!found.Succeeded) return found;
        var (session, now) = (found.Value, time.GetUtcNow());
        if (now - session.LastUsedAt < Precision) return session;
        try
        {
            if (!await store.TouchAsync(session.Id, now, cancellationToken)) return Forget(session.Id);
        }
        catch (StoreException)
        {
            // It is noted with the next use.
            return session;
        }

        return _known[session.Id] = session with { LastUsedAt = now };
    }

    /// <summary>The session of a token that is in force, without using it.</summary>
    public async ValueTask<ManagementResult<PanelSession>> FindAsync(string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (PanelToken.IdOf(token) is not { } id) return NoSession;
        PanelSession? session;
        try
        {
            session = await store.FindAsync(id, cancellationToken);
        }
        catch (StoreException ex)
        {
            if (!_known.TryGetValue(id, out session)) return ManagementError.Unavailable(ex);
        }

        if (session is null) return Forget(id);
        if (!CryptographicOperations.FixedTimeEquals(PanelToken.HashOf(token), session.TokenHash.Span)) return NoSession;
        if (!IsInForce(session) || !secret.IsSet || !CryptographicOperations.FixedTimeEquals(secret.MarkFor(token), session.SecretProof.Span)) return Forget(id);
        if (_known.Count >= Most * 2) _known.Clear();
        return _known[id] = session;
    }

    /// <summary>When a session ends, at the latest and when nobody uses it, as the settings now say.</summary>
    public (DateTimeOffset At, DateTimeOffset Idle) ExpiryOf(PanelSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var options = config().Management;
        var latest = session.CreatedAt + options.SessionLifetime;
        return (latest < session.ExpiresAt ? latest : session.ExpiresAt, session.LastUsedAt + options.SessionIdle);
    }

    /// <summary>All sessions that are in force, the one that was used last first.</summary>
    /// <param name="current">The caller's own; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<PanelSessionListView>> ListAsync(string? current, CancellationToken cancellationToken) => StoreCalls.RunAsync<PanelSessionListView>(async () =>
        new PanelSessionListView([.. (await store.ListAsync(cancellationToken)).Where(IsInForce).Select(session => new PanelSessionView(
            session.Id, session.CreatedAt, session.LastUsedAt, ExpiryOf(session).At, session.Address, session.UserAgent, session.Id == current))]));

    /// <summary>Ends a session. Null when it was done.</summary>
    public Task<ManagementError?> EndAsync(string id, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        if (!await store.RemoveAsync(id, cancellationToken)) return ManagementError.NotFound("There is no such session.");
        await NoteEndAsync(actor, id, "");
        return null;
    });

    /// <summary>Ends all sessions but one. Null when it was done.</summary>
    /// <param name="except">The one that stays; null for none.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellationToken">Gives up before anything is done.</param>
    public Task<ManagementError?> EndAllAsync(string? except, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        if (await store.RemoveAllAsync(except, cancellationToken) is > 0 and var count) await NoteEndAsync(actor, "", $"{count} session(s)");
        return null;
    });

    private static ManagementError NoSession { get; } = new(ManagementErrorKind.Unauthenticated, EndedCode, "The session has ended; sign in again.");

    private bool IsInForce(PanelSession session)
    {
        var (at, idle) = ExpiryOf(session);
        return time.GetUtcNow() is var now && now < at && now < idle;
    }

    private ManagementError Forget(string id)
    {
        _known.TryRemove(id, out _);
        return NoSession;
    }

    private async Task NoteEndAsync(Actor actor, string id, string detail)
    {
        _known.Clear();
        Ended?.Invoke(this, EventArgs.Empty);
        await audit.RecordAsync(actor, "session.end", id, AuditTrail.Done, detail);
    }
}
