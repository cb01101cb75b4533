using System.Text.Json.Nodes;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/auth</c>: signing in with a code at AWS, or with Google in a browser (surface-clients §4).</summary>
internal sealed class AdminLoginRoutes(KiroLogins logins, AdminCredentials credentials) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Post("/api/admin/auth/idc/start", "Begins a login with a code, by an AWS Builder ID or at an Identity Center.", StartCodeAsync);
        routes.Post("/api/admin/auth/idc/poll/{session}", "How far it is.", call => PollAsync(call, isDevice: true));
        routes.Post("/api/admin/auth/social/start", "Begins a login in a browser.", StartSocialAsync);
        routes.Post("/api/admin/auth/social/poll/{session}", "How far it is.", call => PollAsync(call, isDevice: false));
        routes.Post("/api/admin/auth/social/complete/{session}", "Goes on with the code and the state that the browser ended with.", CompleteAsync);
    }

    private async Task<SurfaceAnswer> StartCodeAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var wishes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body.Text("region") is { } region) wishes["region"] = region;
        var page = body.Text("startUrl");
        if (page is not null) wishes["start-url"] = page;
        var begun = await logins.StartAsync(Start(body) with { Flow = page is null ? "builder-id" : "identity-center", Wishes = wishes }, call);
        if (!begun.Succeeded) return AdminAnswers.From(begun.Error);
        var login = begun.Value;
        return SurfaceAnswer.Json(new JsonObject
        {
            ["sessionId"] = login.Id, ["userCode"] = login.UserCode, ["verificationUri"] = login.Address, ["verificationUriComplete"] = login.CompleteAddress, ["expiresAt"] = KiroAnswers.Iso(login.ExpiresAt), ["pollInterval"] = 5,
        });
    }

    private async Task<SurfaceAnswer> StartSocialAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var provider = body.Text("provider")?.ToLowerInvariant() == "github" ? "github" : "google";
        var begun = await logins.StartAsync(Start(body) with { Flow = provider + "-browser", Headless = body.Flag("headless") ?? true }, call);
        return begun.Succeeded
            ? SurfaceAnswer.Json(new JsonObject { ["sessionId"] = begun.Value.Id, ["portalUrl"] = begun.Value.Address, ["expiresAt"] = KiroAnswers.Iso(begun.Value.ExpiresAt) })
            : AdminAnswers.From(begun.Error);
    }

    private async Task<SurfaceAnswer> PollAsync(SurfaceCall call, bool isDevice)
    {
        if (logins.Newest(isDevice, call, call.Route("session")) is not { } login) return AdminAnswers.Missing("login", call.Route("session"));
        if (login is { Status: LoginStatus.Saved, AccountId: { } id }) return SurfaceAnswer.Json(new JsonObject { ["status"] = "success", ["credentialId"] = (await credentials.NumbersAsync(call.CancellationToken)).GetValueOrDefault(id) });
        if (login.Status is LoginStatus.Waiting or LoginStatus.Redeeming) return SurfaceAnswer.Json(new JsonObject { ["status"] = "pending" });
        return login.Status is LoginStatus.Expired or LoginStatus.Cancelled ? SurfaceAnswer.Json(new JsonObject { ["status"] = "expired" }) : AdminAnswers.Error(502, "upstream_error", login.Error ?? "The login has failed.");
    }

    private async Task<SurfaceAnswer> CompleteAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (logins.Newest(isDevice: false, call, call.Route("session")) is null) return AdminAnswers.Missing("login", call.Route("session"));
        if (body.Text("code") is not { } code || body.Text("state") is not { } state) return AdminAnswers.Invalid("Send the code and the state.");
        var done = await logins.RedeemAsync(code, state, call);
        if (!done.Succeeded) return AdminAnswers.From(done.Error);
        return SurfaceAnswer.Json(new JsonObject { ["status"] = "success", ["credentialId"] = (await credentials.NumbersAsync(call.CancellationToken)).GetValueOrDefault(done.Value.AccountId ?? "") });
    }

    private static LoginStart Start(JsonObject body)
        => new(KiroAccounts.Provider) { Label = body.Text("email", "name"), Proxy = body.Text("proxyUrl"), Acknowledged = body.Flag("acknowledged", "acknowledge") ?? false };
}
