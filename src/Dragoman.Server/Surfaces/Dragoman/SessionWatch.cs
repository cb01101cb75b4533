using Dragoman.Management.Access;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Ends a long answer when the session that it was asked for by ends: at once where this process ended it, else within seconds.</summary>
internal sealed class SessionWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly HttpContext _context;
    private readonly PanelSessions _sessions;
    private readonly string _token;
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _ending;
    private readonly ITimer _timer;

    private SessionWatch(HttpContext context, PanelSessions sessions, string token, TimeProvider time)
    {
        (_context, _sessions, _token, _aborted) = (context, sessions, token, context.RequestAborted);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(_aborted);
        context.RequestAborted = _ending.Token;
        sessions.Ended += LookSoon;
        _timer = time.CreateTimer(static watch => _ = ((SessionWatch)watch!).LookAsync(), this, Interval, Interval);
    }

    /// <summary>Begins to watch over a call.</summary>
    public static SessionWatch? Begin(HttpContext context, PanelSessions sessions, TimeProvider time)
        => PanelCookie.Read(context.Request) is { } token ? new SessionWatch(context, sessions, token, time) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _sessions.Ended -= LookSoon;
        _timer.Dispose();
        _context.RequestAborted = _aborted;
        _ending.Dispose();
    }

    private void LookSoon(object? sender, EventArgs arguments) => _ = LookAsync();

    private async Task LookAsync()
    {
        try
        {
            var found = await _sessions.FindAsync(_token, _aborted);
            if (found.Error?.Code == PanelSessions.EndedCode) await _ending.CancelAsync();
        }
        catch (Exception ex) when (ex is OperationCanceledException or ObjectDisposedException)
        {
            // The answer has ended meanwhile.
        }
    }
}
