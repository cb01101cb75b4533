using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Hosting;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary><c>/health</c> and <c>/accounts</c>: which accounts there are, which one is active, and what may be done with them (wire notes codex-and-antigravity §A.3, §A.4).</summary>
internal sealed class CodexAccounts(
    CodexDirectory directory, CodexJson json, AccountAdministration accounts, LoginRenewalService renewal, LoginService logins, LoginFileReader files, ManagementPaths paths)
{
    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/health", "Whether the gateway answers, with its ChatGPT accounts.", call => StatusAsync(call, isHealth: true));
        routes.Get("/accounts", "The ChatGPT accounts.", ListAsync);
        routes.Get("/accounts/status", "The accounts with their quotas.", call => StatusAsync(call, isHealth: false));
        routes.Post("/accounts/switch", "Makes an account the active one, which is used first until another takes its place.", SwitchAsync);
        routes.Post("/accounts/import", "Imports the login of the Codex programs on the gateway's machine.", ImportAsync);
        routes.Post("/accounts/refresh", "Renews the active account's login.", RefreshActiveAsync);
        routes.Post("/accounts/refresh/all", "Renews every account's login.", RefreshAllAsync);
        routes.Post("/accounts/{email}/refresh", "Renews an account's login.", call => RefreshAsync(call, call.Route("email")));
        routes.Delete("/accounts/{email}", "Removes an account.", RemoveAsync);
    }

    private async Task<SurfaceAnswer> StatusAsync(SurfaceCall call, bool isHealth)
    {
        var (all, active) = (directory.All, await directory.ActiveAsync(call.CancellationToken));
        var answer = new JsonObject();
        if (isHealth) answer["status"] = "ok";
        answer["total"] = all.Count;
        answer["active"] = active?.Label;
        answer["accounts"] = new JsonArray([.. all.Select(account => (JsonNode)json.Status(account, account.Id == active?.Id))]);
        // There is no such file: accounts are in the store. What can be configured is in this one.
        if (isHealth) answer["configPath"] = paths.ConfigFile ?? "(none)";
        return SurfaceAnswer.Json(answer);
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var (all, active) = (directory.All, await directory.ActiveAsync(call.CancellationToken));
        return SurfaceAnswer.Json(new JsonObject
        {
            ["accounts"] = new JsonArray([.. all.Select(account => (JsonNode)json.Account(account, account.Id == active?.Id))]),
            ["activeAccount"] = active?.Label,
            ["total"] = all.Count,
        });
    }

    private async Task<SurfaceAnswer> SwitchAsync(SurfaceCall call)
    {
        if ((await call.BodyAsync()).Text("email") is not { Length: > 0 } email) return CodexSurface.Outcome(false, "Email is required", 400);
        if (directory.Find(email) is not { } account) return NotFound(email);
        var preferred = await directory.PreferAsync(account.Id, call.Actor, call.CancellationToken);
        return preferred.Succeeded ? CodexSurface.Outcome(true, $"Switched to account: {account.Label}") : CodexSurface.Outcome(false, preferred.Error.Text);
    }

    private async Task<SurfaceAnswer> RefreshActiveAsync(SurfaceCall call)
        => await directory.ActiveAsync(call.CancellationToken) is { } active ? Answer(await RenewAsync(call, active)) : CodexSurface.Outcome(false, "No active account");

    private async Task<SurfaceAnswer> RefreshAsync(SurfaceCall call, string email) => directory.Find(email) is { } account ? Answer(await RenewAsync(call, account)) : NotFound(email);

    private async Task<SurfaceAnswer> RefreshAllAsync(SurfaceCall call)
    {
        var results = new JsonArray();
        // One after the other: that many renewals at once look like an attack to the vendor.
        foreach (var account in directory.All)
        {
            var (succeeded, message) = await RenewAsync(call, account);
            results.Add((JsonNode)new JsonObject { ["email"] = account.Label, ["success"] = succeeded, ["message"] = message });
        }

        return SurfaceAnswer.Json(results);
    }

    private async Task<(bool Succeeded, string Message)> RenewAsync(SurfaceCall call, AccountView account)
    {
        var renewed = await renewal.RenewAsync(account.Id, call.Actor, call.CancellationToken);
        if (renewed.Succeeded) return (true, $"Token refreshed for: {account.Label}");
        return (false, renewed.Error.Code == "not_renewable" ? "No refresh token available" : $"Token refresh failed: {renewed.Error.Text}");
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        var email = call.Route("email");
        if (directory.Find(email) is not { } account) return NotFound(email);
        var wasActive = (await directory.ActiveAsync(call.CancellationToken))?.Id == account.Id;
        if (await accounts.RemoveAsync(account.Id, call.Actor, call.CancellationToken) is { } error) return CodexSurface.Outcome(false, error.Text);
        if (wasActive && directory.All.Count > 0) await directory.PreferAsync(directory.All[0].Id, call.Actor, CancellationToken.None);
        return CodexSurface.Outcome(true, $"Account removed: {account.Label}");
    }

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        var folder = paths.UserFolder(".codex", "CODEX_HOME");
        var file = await files.ReadAsync(Path.Combine(folder, "auth.json"), [folder], call.CancellationToken);
        if (!file.Succeeded) return CodexSurface.Outcome(false, "No Codex auth.json found");
        var begun = await logins.StartAsync(new LoginStart(CodexDirectory.Provider) { Flow = "import", Content = file.Value.Text, SaveAtOnce = true }, call.Gateway, call.Actor, call.CancellationToken);
        if (!begun.Succeeded) return CodexSurface.Outcome(false, begun.Error.Code == "login_failed" ? "No valid tokens in Codex auth.json" : begun.Error.Text);
        return begun.Value is { AccountId: { } id } && accounts.Get(id) is { Succeeded: true, Value: { } account }
            ? CodexSurface.Outcome(true, $"Imported account: {account.Label} ({json.PlanOf(account)})")
            : CodexSurface.Outcome(false, begun.Value.Error ?? "The login could not be saved.");
    }

    private static SurfaceAnswer Answer((bool Succeeded, string Message) result) => CodexSurface.Outcome(result.Succeeded, result.Message);

    private static SurfaceAnswer NotFound(string email) => CodexSurface.Outcome(false, $"Account not found: {email}");
}
