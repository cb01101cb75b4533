using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/accounts</c>: accounts shown, added from a file, switched, renewed and removed (wire note A.3).</summary>
internal sealed class KiroAccountRoutes(KiroAccounts accounts, KiroImports imports, AccountAdministration administration, AccountCredentials credentials, LoginRenewalService renewals, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/accounts", "All Kiro accounts.", _ => SurfaceAnswer.Json(new JsonObject { ["accounts"] = new JsonArray([.. accounts.All().Select(account => (JsonNode)ShapeOf(account).Row())]) }));
        routes.Post("/api/accounts", "Adds the account of a token file on the gateway's machine.", AddAsync);
        routes.Get("/api/accounts/{id}", "One account.", GetAsync);
        routes.Delete("/api/accounts/{id}", "Removes an account; the file that it came from stays.", RemoveAsync);
        routes.Post("/api/accounts/{id}/toggle", "Switches an account off, or on again.", ToggleAsync);
        routes.Put("/api/accounts/{id}/proxy", "Sets the proxy of an account; an empty text takes it away.", SetProxyAsync);
        routes.Post("/api/accounts/{id}/refresh", "Renews the login of an account now.", RefreshAsync);
        routes.Post("/api/accounts/{id}/restore", "Ends the cooldown of an account.", RestoreAsync);
        routes.Post("/api/accounts/refresh-all", "Renews the logins that end within ten minutes.", RefreshAllAsync);
    }

    private KiroAccountShape ShapeOf(AccountView account) => new(account, credentials.Describe(account.Id), time.GetUtcNow());

    private static SurfaceAnswer Missing() => KiroAnswers.Detail(404, "Account not found");

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var file = await imports.FindAsync(body.Text("token_path"), call.CancellationToken);
        if (!file.Succeeded) return KiroAnswers.Detail(400, "Invalid token path");
        var added = await imports.AddAsync(file.Value, ImportOf(body), call);
        return added.Succeeded ? KiroAnswers.Ok(("account_id", KiroAccounts.IdOf(added.Value.Id))) : KiroAnswers.NotAdded(added.Error);
    }

    /// <summary>How a body says that an account is to be added.</summary>
    public static KiroImport ImportOf(JsonObject body) => new(body.Text("name"), body.Text("proxy_url", "proxyUrl"), body.Flag("acknowledged", "acknowledge") ?? false, body.Flag("enabled"));

    private async Task<SurfaceAnswer> GetAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return Missing();
        var files = await accounts.FilesAsync(call.CancellationToken);
        return SurfaceAnswer.Json(ShapeOf(account).Detail(files.FirstOrDefault(pair => pair.Value == account.Id).Key));
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return KiroAnswers.Ok();
        if (await administration.RemoveAsync(account.Id, call.Actor, call.CancellationToken) is { Kind: not ManagementErrorKind.NotFound } error) return KiroAnswers.Failure(error);
        await accounts.ForgetFileAsync(account.Id, call.CancellationToken);
        return KiroAnswers.Ok();
    }

    private async Task<SurfaceAnswer> ToggleAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return Missing();
        var changed = await administration.ChangeAsync(account.Id, new AccountUpdate { Enabled = !account.Enabled }, call.Actor, call.CancellationToken);
        return changed.Succeeded ? KiroAnswers.Ok(("enabled", changed.Value.Enabled)) : KiroAnswers.Failure(changed.Error);
    }

    private async Task<SurfaceAnswer> SetProxyAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return Missing();
        var proxy = (await call.BodyAsync()).Text("proxy_url");
        var value = System.Text.Json.JsonSerializer.SerializeToElement(proxy, KiroJson.Default.String);
        var changed = await administration.ChangeAsync(account.Id, new AccountUpdate { Settings = new Dictionary<string, System.Text.Json.JsonElement> { ["proxy-url"] = value } }, call.Actor, call.CancellationToken);
        if (changed.Succeeded) return KiroAnswers.Ok(("proxy_url", changed.Value.Proxy));
        return changed.Error.Kind == ManagementErrorKind.Invalid ? KiroAnswers.Detail(400, changed.Error.Text) : KiroAnswers.Failure(changed.Error);
    }

    private async Task<SurfaceAnswer> RefreshAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return SurfaceAnswer.Json(new JsonObject { ["ok"] = false, ["message"] = "Account not found" });
        var renewed = await renewals.RenewAsync(account.Id, call.Actor, call.CancellationToken);
        return SurfaceAnswer.Json(new JsonObject { ["ok"] = renewed.Succeeded, ["message"] = renewed.Succeeded ? "The token was renewed." : renewed.Error.Text });
    }

    private async Task<SurfaceAnswer> RestoreAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account || ShapeOf(account).CooldownEnd is null) return SurfaceAnswer.Json(new JsonObject { ["ok"] = false });
        var reset = await administration.ResetAsync(account.Id, call.Actor);
        return SurfaceAnswer.Json(new JsonObject { ["ok"] = reset.Succeeded });
    }

    private async Task<SurfaceAnswer> RefreshAllAsync(SurfaceCall call)
    {
        var results = new JsonArray();
        var refreshed = 0;
        foreach (var account in accounts.All())
        {
            var shape = ShapeOf(account);
            if (!account.Enabled || shape.Credential is not { IsRenewable: true, ExpiresAt: { } end } || end - shape.Now > KiroAccountShape.Soon) continue;
            var renewed = await renewals.RenewAsync(account.Id, call.Actor, call.CancellationToken);
            if (renewed.Succeeded) refreshed++;
            results.Add((JsonNode)new JsonObject { ["account_id"] = shape.Id, ["success"] = renewed.Succeeded, ["message"] = renewed.Succeeded ? "The token was renewed." : renewed.Error.Text });
        }

        return KiroAnswers.Ok(("results", results), ("refreshed", refreshed));
    }
}
