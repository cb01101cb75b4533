using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;
using Microsoft.AspNetCore.WebUtilities;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/api/auth</c>: adding an account with a Google account (wire notes surface-clients §3). The vendor forbids this use; that its position was read is said once, with <c>?acknowledged=true</c>.</summary>
internal sealed class LoginRoutes(LoginService logins)
{
    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/auth/url", "Begins to add an account; gives the address to open. With ?acknowledged=true once, that the vendor's position was read.", BeginAsync);
        routes.Post("/api/auth/complete", "Adds an account with the code, or the whole address, that the browser ended at.", CompleteAsync);
    }

    private async Task<SurfaceAnswer> BeginAsync(SurfaceCall call)
    {
        var start = new LoginStart(AntigravityAccounts.Provider) { Flow = "browser", SaveAtOnce = true, Acknowledged = call.Query("acknowledged") == "true" };
        var begun = await logins.StartAsync(start, call.Gateway, call.Actor, call.CancellationToken);
        if (!begun.Succeeded)
        {
            return begun.Error.Code == "acknowledgement_required"
                ? AntigravitySurface.Failed(403, $"{begun.Error.Text} Ask for this address once with ?acknowledged=true, or run 'dragoman login {AntigravityAccounts.Provider}'.")
                : AntigravitySurface.Failed(500, begun.Error.Text);
        }

        var address = begun.Value.Address!;
        return AntigravitySurface.Done(null, ("url", address), ("state", QueryHelpers.ParseQuery(new Uri(address).Query)["state"].ToString()));
    }

    private async Task<SurfaceAnswer> CompleteAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("callbackInput") is not { Length: > 0 } input || body.Text("state") is not { Length: > 0 } state) return AntigravitySurface.Failed(400, "Missing callbackInput or state");
        var waiting = logins.List(call.Actor).Logins.FirstOrDefault(login => login is { Provider: AntigravityAccounts.Provider, Status: LoginStatus.Waiting, Address: { } address } && QueryHelpers.ParseQuery(new Uri(address).Query)["state"] == state);
        if (waiting is null) return AntigravitySurface.Failed(400, "OAuth flow not found. The account may have been already added via auto-callback. Please refresh the account list.");
        var completed = await logins.CompleteAsync(waiting.Id, input, call.Actor, call.CancellationToken);
        if (!completed.Succeeded) return AntigravitySurface.Failed(500, completed.Error.Text);
        return completed.Value is { Status: LoginStatus.Saved, Account: { } email }
            ? AntigravitySurface.Done($"Account {email} added successfully", ("email", email))
            : AntigravitySurface.Failed(500, completed.Value.Error ?? "The sign-in failed.");
    }
}
