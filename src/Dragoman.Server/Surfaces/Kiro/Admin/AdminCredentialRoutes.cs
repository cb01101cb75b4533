using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/credentials</c>: accounts listed, added, changed, renewed and removed (wire note A.11).</summary>
internal sealed class AdminCredentialRoutes(AdminCredentials credentials, KiroImports imports, AccountAdministration administration, LoginRenewalService renewals, QuotaService quotas, AccountProber prober) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/credentials", "All accounts, by numbers that last.", async call => SurfaceAnswer.Json(await credentials.ListAsync(call.CancellationToken)));
        routes.Post("/api/admin/credentials", "Adds an account by its tokens, or by an API key.", AddAsync);
        routes.Get("/api/admin/credentials/export", "Refuses: the gateway shows no tokens. `dragoman accounts export` writes an encrypted file.", _ => AdminAnswers.Error(403, "forbidden", "The gateway shows no tokens. 'dragoman accounts export' writes an encrypted file with them."));
        routes.Put("/api/admin/credentials/{id}", "Changes the name, proxy and groups of an account.", call => WithAsync(call, UpdateAsync));
        routes.Delete("/api/admin/credentials/{id}", "Removes an account that is disabled.", call => WithAsync(call, RemoveAsync));
        routes.Post("/api/admin/credentials/{id}/disabled", "Switches an account off, or on again.", call => WithAsync(call, SetDisabledAsync));
        routes.Post("/api/admin/credentials/{id}/priority", "Sets the priority of an account; the smaller number comes first.", call => WithAsync(call, SetPriorityAsync));
        routes.Post("/api/admin/credentials/{id}/concurrency", "Sets how many requests an account serves at once; null for no limit.", call => WithAsync(call, SetConcurrencyAsync));
        routes.Post("/api/admin/credentials/{id}/reset", "Forgets the failures of an account, ends its cooldowns and enables it.", call => WithAsync(call, ResetAsync));
        routes.Post("/api/admin/credentials/{id}/clear-throttle", "Ends the cooldowns of an account.", call => WithAsync(call, ClearAsync));
        routes.Post("/api/admin/credentials/{id}/refresh", "Renews the login of an account now.", call => WithAsync(call, RefreshAsync));
        routes.Get("/api/admin/credentials/{id}/balance", "What is left of an account's plan.", call => WithAsync(call, BalanceAsync));
        routes.Get("/api/admin/credentials/{id}/models", "The models that an account lists.", call => WithAsync(call, ModelsAsync));
    }

    private async Task<SurfaceAnswer> WithAsync(SurfaceCall call, Func<SurfaceCall, AccountView, Task<SurfaceAnswer>> handle)
        => await credentials.FindAsync(call.Route("id"), call.CancellationToken) is { } account ? await handle(call, account) : AdminAnswers.Missing("credential", call.Route("id"));

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("refreshToken", "accessToken", "kiroApiKey") is null) return AdminAnswers.Invalid("Send a refreshToken, or a kiroApiKey.");
        var tokens = new JsonObject();
        foreach (var name in (string[])["refreshToken", "accessToken", "expiresAt", "authMethod", "provider", "clientId", "clientSecret", "profileArn", "machineId", "kiroApiKey", "startUrl", "email"])
            if (body.Text(name) is { } text) tokens[name] = text;
        if (body.Text("authRegion", "region") is { } region) (tokens["idcRegion"], tokens["region"]) = (region, region);
        var added = await imports.AddAsync(tokens.ToJsonString(), new KiroImport(body.Text("email", "name"), ProxyOf(body), body.Flag("acknowledged", "acknowledge") ?? false), call);
        if (!added.Succeeded) return AdminAnswers.From(added.Error);
        var settings = new Dictionary<string, JsonElement>();
        if (body.Text("apiRegion") is { } place) settings["region"] = JsonSerializer.SerializeToElement(place, KiroJson.Default.String);
        var priority = body.Number("priority") is { } wanted ? AdminCredentials.PriorityOf((int)wanted) : (int?)null;
        var groups = GroupsOf(body);
        if (priority is not null || groups is not null || settings.Count > 0)
        {
            var changed = await administration.ChangeAsync(added.Value.Id, new AccountUpdate { Priority = priority, Tags = groups, Settings = settings.Count > 0 ? settings : null }, call.Actor, call.CancellationToken);
            if (!changed.Succeeded) return AdminAnswers.From(changed.Error);
        }

        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        return AdminAnswers.Done($"'{added.Value.Label}' was added.", ("credentialId", numbers[added.Value.Id]), ("email", added.Value.Label));
    }

    private async Task<SurfaceAnswer> UpdateAsync(SurfaceCall call, AccountView account)
    {
        var body = await call.BodyAsync();
        var settings = body.ContainsKey("proxyUrl") ? new Dictionary<string, JsonElement> { ["proxy-url"] = JsonSerializer.SerializeToElement(ProxyOf(body), KiroJson.Default.String) } : null;
        return await ChangeAsync(call, account, new AccountUpdate { Label = body.Text("email", "name"), Settings = settings, Tags = GroupsOf(body) }, "It was changed.");
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call, AccountView account)
    {
        if (account is { Enabled: true, Problem: null }) return AdminAnswers.Invalid("Only a credential that is disabled can be deleted.");
        return await administration.RemoveAsync(account.Id, call.Actor, call.CancellationToken) is { } error ? AdminAnswers.From(error) : AdminAnswers.Done($"'{account.Label}' was removed.");
    }

    private async Task<SurfaceAnswer> SetDisabledAsync(SurfaceCall call, AccountView account)
        => (await call.BodyAsync()).Flag("disabled") is { } disabled
            ? await ChangeAsync(call, account, new AccountUpdate { Enabled = !disabled }, disabled ? "It is disabled." : "It is enabled.")
            : AdminAnswers.Invalid("Send {\"disabled\": true} or false.");

    private async Task<SurfaceAnswer> SetPriorityAsync(SurfaceCall call, AccountView account)
        => (await call.BodyAsync()).Number("priority") is >= 0 and <= int.MaxValue and var priority
            ? await ChangeAsync(call, account, new AccountUpdate { Priority = AdminCredentials.PriorityOf((int)priority) }, "The priority was set.")
            : AdminAnswers.Invalid("Send {\"priority\": 0}, or another whole number above.");

    private async Task<SurfaceAnswer> SetConcurrencyAsync(SurfaceCall call, AccountView account)
    {
        var most = (await call.BodyAsync()).Number("maxConcurrency") ?? 0;
        return most is >= 0 and <= 1_000_000 ? await ChangeAsync(call, account, new AccountUpdate { Concurrency = (int)most }, "The limit was set.") : AdminAnswers.Invalid("'maxConcurrency' is a whole number, or null.");
    }

    private async Task<SurfaceAnswer> ResetAsync(SurfaceCall call, AccountView account)
    {
        var reset = await administration.ResetAsync(account.Id, call.Actor);
        if (!reset.Succeeded) return AdminAnswers.From(reset.Error);
        return account.Enabled ? AdminAnswers.Done("Its failures are forgotten.") : await ChangeAsync(call, account, new AccountUpdate { Enabled = true }, "Its failures are forgotten, and it is enabled.");
    }

    private async Task<SurfaceAnswer> ClearAsync(SurfaceCall call, AccountView account)
    {
        var reset = await administration.ResetAsync(account.Id, call.Actor);
        return reset.Succeeded ? AdminAnswers.Done("Its cooldowns are ended.") : AdminAnswers.From(reset.Error);
    }

    private async Task<SurfaceAnswer> RefreshAsync(SurfaceCall call, AccountView account)
    {
        var renewed = await renewals.RenewAsync(account.Id, call.Actor, call.CancellationToken);
        if (renewed.Succeeded) return AdminAnswers.Done("The token was renewed.");
        return renewed.Error.Code == "not_renewable" ? AdminAnswers.Invalid(renewed.Error.Text) : AdminAnswers.Error(502, "upstream_error", renewed.Error.Text);
    }

    private async Task<SurfaceAnswer> BalanceAsync(SurfaceCall call, AccountView account)
    {
        var asked = await quotas.AskAsync(account.Id, call.Actor, call.CancellationToken);
        if (!asked.Succeeded) return AdminAnswers.From(asked.Error);
        if (asked.Value.UsagePage is not { } page || !page.Facts.ContainsKey("limit")) return AdminAnswers.Error(502, "upstream_error", asked.Value.UsagePage?.Problem ?? "The vendor did not say.");
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        return SurfaceAnswer.Json(AdminCredentials.Balance(asked.Value, page, numbers[account.Id]));
    }

    private async Task<SurfaceAnswer> ModelsAsync(SurfaceCall call, AccountView account)
    {
        var probe = await prober.ProbeAsync(account.Id, call.CancellationToken);
        if (!probe.Succeeded) return AdminAnswers.From(probe.Error);
        if (!probe.Value.Ok) return AdminAnswers.Error(502, "upstream_error", $"The service {probe.Value.Words}.");
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        return SurfaceAnswer.Json(new JsonObject { ["id"] = numbers[account.Id], ["models"] = new JsonArray([.. (probe.Value.Models ?? []).Select(static model => (JsonNode)new JsonObject { ["modelId"] = model })]) });
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call, AccountView account, AccountUpdate change, string message)
    {
        var changed = await administration.ChangeAsync(account.Id, change, call.Actor, call.CancellationToken);
        return changed.Succeeded ? AdminAnswers.Done(message) : AdminAnswers.From(changed.Error);
    }

    private static IReadOnlyList<string>? GroupsOf(JsonObject body)
        => body["groups"] is JsonArray groups ? [.. groups.Select(static group => group?.ToString().Trim() ?? "").Where(static group => group.Length > 0)] : null;

    /// <summary>The proxy with its user and password, which that system has apart.</summary>
    private static string? ProxyOf(JsonObject body)
    {
        if (body.Text("proxyUrl") is not { } proxy || body.Text("proxyUsername") is not { } user || !Uri.TryCreate(proxy, UriKind.Absolute, out var address) || address.UserInfo.Length > 0) return body.Text("proxyUrl");
        return $"{address.Scheme}://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(body.Text("proxyPassword") ?? "")}@{address.Authority}";
    }
}
