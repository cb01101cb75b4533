using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Logins;
using Microsoft.AspNetCore.WebUtilities;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>
/// Adding an account by OAuth (wire notes codex-and-antigravity §A.5): the browser comes back to the vendor's port on this machine, to <c>/auth/callback</c> here, or what it ends at is pasted. The
/// verifier stays here; what the clients get in its place names the login.
/// </summary>
internal sealed class CodexLogins(CodexDirectory directory, LoginService logins, QuotaService quotas, GracefulShutdown shutdown, TimeProvider time)
{
    private const int ShortestCode = 10;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (Task Done, string State)> _begun = new(StringComparer.Ordinal);

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Post("/accounts/add", "Begins to add an account by OAuth; gives the address to open.", AddAsync);
        routes.Post("/accounts/add/manual", "Adds an account with the code, or the whole address, that the browser ended at.", CompleteAsync);
        routes.Post("/accounts/oauth/cleanup", "Gives up logins that wait for a browser.", CleanUpAsync);
        routes.Open().Get("/auth/callback", "Where the vendor sends the browser back to.", CallbackAsync);
    }

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        // The vendor has registered two ports; which of them is free is found out by opening one.
        await call.BodyAsync();
        await CancelAsync(call.Actor);
        var begun = await logins.StartAsync(new LoginStart(CodexDirectory.Provider) { Flow = "browser", SaveAtOnce = true }, call.Gateway, call.Actor, call.CancellationToken);
        if (!begun.Succeeded) return SurfaceAnswer.Json(500, new JsonObject { ["error"] = "Failed to start OAuth callback server", ["message"] = begun.Error.Text, ["status"] = "error" });
        var login = begun.Value;
        var query = QueryHelpers.ParseQuery(new Uri(login.Address!).Query);
        var state = query["state"].ToString();
        _begun[login.Id] = (FinishAsync(login.Id, call.Actor), state);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["status"] = "oauth_url",
            ["oauth_url"] = login.Address,
            ["verifier"] = login.Id,
            ["state"] = state,
            ["callback_port"] = Uri.TryCreate(query["redirect_uri"].ToString(), UriKind.Absolute, out var redirect) ? redirect.Port : call.Gateway.Port,
        });
    }

    private async Task<SurfaceAnswer> CompleteAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("code")?.Trim() is not { Length: > 0 } code) return CodexSurface.Failed(400, "Code is required");
        if (Pending(call.Actor, body.Text("verifier"), code) is not { } id) return CodexSurface.Failed(400, "No sign-in waits for this code; begin another one.");
        if (code.Length < ShortestCode && !code.Contains("code=", StringComparison.Ordinal)) return CodexSurface.Failed(400, "No valid authorization code found in input");
        var completed = await logins.CompleteAsync(id, code, call.Actor, call.CancellationToken);
        if (!completed.Succeeded) return CodexSurface.Failed(400, completed.Error.Code == "state_mismatch" ? "State mismatch" : completed.Error.Text);
        await SettleAsync(id, call.CancellationToken);
        return completed.Value is { Status: LoginStatus.Saved, Account: { } account }
            ? CodexSurface.Outcome(true, $"Account {account} added successfully")
            : CodexSurface.Failed(400, completed.Value.Error ?? "The sign-in failed.");
    }

    private async Task<SurfaceAnswer> CleanUpAsync(SurfaceCall call)
    {
        await CancelAsync(call.Actor);
        return CodexSurface.Outcome(true, "OAuth servers cleaned up");
    }

    private async Task<SurfaceAnswer> CallbackAsync(SurfaceCall call)
    {
        var callback = LoginCallbackRoutes.Read(call.Context.Request, null);
        if (callback is { Code: not { Length: > 0 }, Error: not { Length: > 0 } }) return SurfaceAnswer.Text(400, "Waiting for authorization code...");
        if (callback.Code is { Length: > 0 } && !logins.IsAwaited(callback.State)) return SurfaceAnswer.Text(400, "State mismatch");
        var login = _begun.FirstOrDefault(pair => pair.Value.State == callback.State).Key;
        var page = await logins.CallbackAsync(callback, call.CancellationToken);
        if (page.Succeeded && login is not null) await SettleAsync(login, call.CancellationToken);
        return OAuthPage.For(page);
    }

    /// <summary>The login that a code is for: the one that the client names, or whose state the address has, else the newest that waits.</summary>
    private string? Pending(Actor actor, string? named, string code)
    {
        var waiting = logins.List(actor).Logins.Where(login => login is { Provider: CodexDirectory.Provider, Status: LoginStatus.Waiting, TakesPaste: true }).Select(login => login.Id).ToList();
        if (named is not null && waiting.Contains(named)) return named;
        return waiting.Find(id => _begun.TryGetValue(id, out var begun) && code.Contains($"state={begun.State}", StringComparison.Ordinal)) ?? waiting.FirstOrDefault();
    }

    private async Task CancelAsync(Actor actor)
    {
        foreach (var login in logins.List(actor).Logins)
            if (login is { Provider: CodexDirectory.Provider, Status: LoginStatus.Waiting }) await logins.CancelAsync(login.Id, actor);
    }

    /// <summary>What follows when a login has ended: a saved account becomes the active one, and its quota is asked for.</summary>
    private async Task FinishAsync(string id, Actor actor)
    {
        LoginView? last = null;
        try
        {
            var source = logins.Follow(id, actor);
            if (source.Succeeded)
            {
                await source.Value(
                    (_, view) =>
                    {
                        last = view as LoginView;
                        return ValueTask.CompletedTask;
                    }, shutdown.Ended);
            }

            if (last?.AccountId is not { } account) return;
            await directory.PreferAsync(account, actor, CancellationToken.None);
            _ = quotas.AskAsync(account, actor, shutdown.Ended);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
        finally
        {
            _begun.TryRemove(id, out _);
        }
    }

    private async Task SettleAsync(string id, CancellationToken cancellationToken)
    {
        if (!_begun.TryGetValue(id, out var begun)) return;
        await begun.Done.WaitAsync(Settling, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
