using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/remote-login</c>: a page for signing in from another machine, good for ten minutes (wire note A.5). As logins themselves, these sessions are this process's.</summary>
internal sealed class KiroRemoteLoginRoutes(KiroLogins logins, KiroAccounts accounts, TimeProvider time) : IKiroRoutes
{
    private const int MostOpen = 32;
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    public void Map(SurfaceRoutes routes)
    {
        routes.Post("/api/remote-login/create", "Makes a page for signing in from another machine.", CreateAsync);
        routes.Get("/api/remote-login/{sid}/status", "How far that is.", Status);
        routes.Post("/api/remote-login/{sid}/complete", "Goes on with the code and the state that the browser ended with.", CompleteAsync);
        // The page itself tells nothing; what it asks for is the management's, with the secret that is entered in it.
        routes.Open().Get("/remote-login/{sid}", "The page.", Show);
    }

    private async Task<SurfaceAnswer> CreateAsync(SurfaceCall call)
    {
        _ = await call.BodyAsync();
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (old, session) in _sessions.ToList())
                if (session.End + Term < now) _sessions.Remove(old);
            if (_sessions.Count >= MostOpen) _sessions.Remove(_sessions.MinBy(static pair => pair.Value.End).Key);
            _sessions[id] = new Session(now + Term);
        }

        return KiroAnswers.Ok(("session_id", id), ("login_url", new Uri(KiroAddress.Of(call.Context), $"/remote-login/{id}").AbsoluteUri), ("expires_in", (int)Term.TotalSeconds));
    }

    private SurfaceAnswer Status(SurfaceCall call)
    {
        if (Find(call) is not { } session) return Missing();
        if (session.AccountId is null && session.End <= time.GetUtcNow()) return KiroAnswers.Failure("Session expired");
        return KiroAnswers.Ok(("status", session.AccountId is not null ? "completed" : session.HasFailed ? "failed" : "pending"), ("account_id", session.AccountId));
    }

    private async Task<SurfaceAnswer> CompleteAsync(SurfaceCall call)
    {
        if (Find(call) is not { } session) return Missing();
        if (session.End <= time.GetUtcNow()) return KiroAnswers.Detail(400, "Session expired");
        var body = await call.BodyAsync();
        if (body.Flag("device_flow_completed") == true && body.Text("account_id") is { } known && accounts.Find(known) is { } account)
        {
            session.AccountId = KiroAccounts.IdOf(account.Id);
            return KiroAnswers.Ok(("completed", true), ("account_id", session.AccountId));
        }

        if (body.Text("code") is not { } code || body.Text("state") is not { } state) return KiroAnswers.Detail(400, "Missing code or state");
        var done = await logins.RedeemAsync(code, state, call);
        if (!done.Succeeded)
        {
            session.HasFailed = true;
            return KiroAnswers.Failure(done.Error);
        }

        session.AccountId = KiroAccounts.IdOf(done.Value.AccountId!);
        return KiroAnswers.Ok(("completed", true), ("account_id", session.AccountId));
    }

    private SurfaceAnswer Show(SurfaceCall call)
        => Find(call) is { } session && session.End > time.GetUtcNow() ? SurfaceAnswer.Html(200, Page) : SurfaceAnswer.Html(404, "<!doctype html><title>Not found</title><p>This login has expired, or there is none.");

    private Session? Find(SurfaceCall call)
    {
        lock (_gate) return _sessions.GetValueOrDefault(call.Route("sid"));
    }

    private static SurfaceAnswer Missing() => KiroAnswers.Detail(404, "Session not found");

    private sealed class Session(DateTimeOffset end)
    {
        public DateTimeOffset End => end;

        public string? AccountId { get; set; }

        public bool HasFailed { get; set; }
    }

    private const string Page = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Sign in to Kiro</title>
        <h1>Sign in to Kiro</h1>
        <p><button data-provider="google">Google</button> <button data-provider="github">GitHub</button></p>
        <p id="secret" hidden><label>Management secret <input type="password" autocomplete="current-password"></label></p>
        <p id="say">Choose how to sign in. The browser ends at a page that it cannot open: copy that page's whole address and paste it here.</p>
        <form hidden><input name="address" size="80" placeholder="http://localhost:…/oauth/callback?code=…&amp;state=…"> <button>Continue</button></form>
        <script>
        const say = text => { document.getElementById('say').textContent = text; };
        const secret = document.getElementById('secret');
        const ask = async (path, body) => {
          const headers = { 'Content-Type': 'application/json' };
          if (!secret.hidden) headers['x-management-key'] = secret.querySelector('input').value;
          const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
          if (answer.status === 401) { secret.hidden = false; return { ok: false, error: 'Enter the management secret, and try again.' }; }
          return answer.json();
        };
        const form = document.querySelector('form');
        document.querySelectorAll('[data-provider]').forEach(button => button.addEventListener('click', async () => {
          const begun = await ask('/api/kiro/social/start', { provider: button.dataset.provider });
          if (!begun.ok) { say(begun.error || begun.detail); return; }
          form.hidden = false;
          window.open(begun.login_url, '_blank', 'noopener');
        }));
        form.addEventListener('submit', async event => {
          event.preventDefault();
          const query = new URL(form.address.value.trim()).searchParams;
          const done = await ask('/api' + location.pathname + '/complete', { code: query.get('code'), state: query.get('state') });
          say(done.ok ? 'Signed in. You can close this page.' : (done.error || done.detail));
        });
        </script>
        """;
}
