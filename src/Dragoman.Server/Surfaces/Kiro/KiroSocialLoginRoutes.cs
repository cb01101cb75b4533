using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/kiro/social</c>: signing in with Google or GitHub in a browser, whose last address the caller sends in parts (wire note A.5).</summary>
internal sealed class KiroSocialLoginRoutes(KiroLogins logins) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Post("/api/kiro/social/start", "Begins a login with Google or GitHub.", StartAsync);
        routes.Post("/api/kiro/social/exchange", "Goes on with the code and the state of the address that the browser ended at.", ExchangeAsync);
        routes.Post("/api/kiro/social/cancel", "Gives the login up.", async call => SurfaceAnswer.Json(new JsonObject { ["ok"] = await logins.CancelAsync(isDevice: false, call) }));
        routes.Get("/api/kiro/social/status", "Whether such a login is under way.", Status);
    }

    private async Task<SurfaceAnswer> StartAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var provider = body.Text("provider")?.ToLowerInvariant();
        if (provider is not ("google" or "github")) return KiroAnswers.Failure("unsupported provider: say google or github");
        await logins.CancelAsync(isDevice: false, call);
        // By default nothing is listened for: that system's callers paste the address that the browser ends at.
        var begun = await logins.StartAsync(
            new LoginStart(KiroAccounts.Provider) { Flow = provider + "-browser", Headless = body.Flag("headless") ?? true, Label = body.Text("name"), Acknowledged = body.Flag("acknowledged", "acknowledge") ?? false }, call);
        if (!begun.Succeeded) return KiroAnswers.Failure(begun.Error);
        var login = begun.Value;
        // Which identity provider it is stood in that system's own address under this name (K20); Kiro's page has it under another.
        return KiroAnswers.Ok(("provider", NameOf(provider)), ("login_url", $"{login.Address}&idp={NameOf(provider)}"), ("state", KiroLogins.StateOf(login)), ("message", login.Hint));
    }

    private async Task<SurfaceAnswer> ExchangeAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("code") is not { } code || body.Text("state") is not { } state) return KiroAnswers.Failure("Missing code or state");
        var done = await logins.RedeemAsync(code, state, call);
        if (!done.Succeeded) return KiroAnswers.Failure(done.Error);
        var login = done.Value;
        return KiroAnswers.Ok(("completed", true), ("account_id", KiroAccounts.IdOf(login.AccountId!)), ("provider", NameOf(login.Flow)), ("message", $"Signed in as '{login.Account}'."));
    }

    private SurfaceAnswer Status(SurfaceCall call)
        => logins.Newest(isDevice: false, call) is { } login && KiroLogins.IsOpen(login)
            ? KiroAnswers.Ok(("in_progress", true), ("provider", NameOf(login.Flow)), ("expires_in", login.SecondsLeft))
            : KiroAnswers.Ok(("in_progress", false));

    private static string NameOf(string flow) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(flow.Split('-')[0]);
}
