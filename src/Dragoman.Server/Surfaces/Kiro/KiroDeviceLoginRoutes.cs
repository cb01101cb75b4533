using System.Text.Json.Nodes;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/kiro/login</c>: signing in at AWS with a code (wire note A.5). The gateway asks AWS by itself at AWS's pace; a poll tells what came of it so far.</summary>
internal sealed class KiroDeviceLoginRoutes(KiroLogins logins) : IKiroRoutes
{
    /// <summary>AWS's own pace, by which callers need not be quicker.</summary>
    private const int Interval = 5;

    public void Map(SurfaceRoutes routes)
    {
        routes.Post("/api/kiro/login/start", "Begins a login with a code, by an AWS Builder ID or, with `start_url`, at an Identity Center.", StartAsync);
        routes.Get("/api/kiro/login/poll", "How far the newest login with a code is.", Poll);
        routes.Post("/api/kiro/login/cancel", "Gives the login with a code up.", async call => SurfaceAnswer.Json(new JsonObject { ["ok"] = await logins.CancelAsync(isDevice: true, call) }));
        routes.Get("/api/kiro/login/status", "Whether a login with a code is under way.", Status);
    }

    private async Task<SurfaceAnswer> StartAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var wishes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body.Text("region") is { } region) wishes["region"] = region;
        var page = body.Text("start_url", "startUrl");
        if (page is not null) wishes["start-url"] = page;
        // Another login takes the place of the one that is under way.
        await logins.CancelAsync(isDevice: true, call);
        var begun = await logins.StartAsync(
            new LoginStart(KiroAccounts.Provider) { Flow = page is null ? "builder-id" : "identity-center", Wishes = wishes, Label = body.Text("name"), Acknowledged = body.Flag("acknowledged", "acknowledge") ?? false }, call);
        if (!begun.Succeeded) return KiroAnswers.Failure(begun.Error);
        var login = begun.Value;
        return KiroAnswers.Ok(
            ("user_code", login.UserCode), ("verification_uri", login.CompleteAddress ?? login.Address), ("expires_in", login.SecondsLeft), ("interval", Interval), ("session_id", login.Id));
    }

    private SurfaceAnswer Poll(SurfaceCall call) => logins.Newest(isDevice: true, call, call.Query("session_id")) switch
    {
        null => KiroAnswers.Failure("No login is running."),
        { Status: LoginStatus.Saved, AccountId: { } id, Account: var label } => KiroAnswers.Ok(("completed", true), ("account_id", KiroAccounts.IdOf(id)), ("message", $"Signed in as '{label}'.")),
        { Status: LoginStatus.Waiting or LoginStatus.Redeeming } => KiroAnswers.Ok(("completed", false), ("status", "pending")),
        { Status: LoginStatus.Cancelled } => KiroAnswers.Failure("No login is running."),
        { Error: var error } => KiroAnswers.Failure(error ?? "The login has failed."),
    };

    private SurfaceAnswer Status(SurfaceCall call)
        => logins.Newest(isDevice: true, call) is { } login && KiroLogins.IsOpen(login)
            ? KiroAnswers.Ok(("in_progress", true), ("user_code", login.UserCode ?? ""), ("verification_uri", login.CompleteAddress ?? login.Address ?? ""), ("expires_in", login.SecondsLeft), ("interval", Interval))
            : KiroAnswers.Ok(("in_progress", false));
}
