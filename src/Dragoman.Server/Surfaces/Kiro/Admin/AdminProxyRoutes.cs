using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Accounts;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/proxy-pool</c>: a list of proxies that accounts are given (surface-clients §4). The list is no place for passwords, and the gateway opens no connection to an address only to try it.</summary>
internal sealed class AdminProxyRoutes(SurfaceState state, AdminCredentials credentials, KiroAccounts accounts, AccountAdministration administration) : IKiroRoutes
{
    private const string Key = "proxies";
    private const int Most = 1_000;

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/proxy-pool", "The proxies.", async call => SurfaceAnswer.Json(List(await ReadAsync(call))));
        routes.Post("/api/admin/proxy-pool", "Adds a proxy.", AddAsync);
        routes.Post("/api/admin/proxy-pool/batch", "Adds proxies.", AddAllAsync);
        routes.Delete("/api/admin/proxy-pool/{id}", "Removes a proxy from the list; accounts keep it.", RemoveAsync);
        routes.Post("/api/admin/proxy-pool/{id}/enabled", "Switches a proxy off, or on again: one that is off is given to no account.", SetEnabledAsync);
        routes.Post("/api/admin/proxy-pool/{id}/check", "Says that nobody knows how the proxy is: it is not tried.", CheckAsync);
        routes.Post("/api/admin/proxy-pool/check-all", "Says the same of all.", _ => SurfaceAnswer.Json(new JsonObject { ["healthy"] = 0, ["unhealthy"] = 0, ["autoDisabled"] = 0 }));
        routes.Post("/api/admin/proxy-pool/assign-round-robin", "Gives the proxies to accounts in turn.", AssignAllAsync);
        routes.Post("/api/admin/credentials/{id}/proxy", "Gives an account a proxy of the list; null takes it away.", AssignAsync);
    }

    private async Task<JsonArray> ReadAsync(SurfaceCall call) => (await state.GetAsync(KiroAccounts.StateName, Key, call.CancellationToken) as JsonObject)?["proxies"]?.DeepClone() as JsonArray ?? [];

    private Task SaveAsync(JsonArray proxies, SurfaceCall call) => state.SetAsync(KiroAccounts.StateName, Key, new JsonObject { ["proxies"] = proxies.DeepClone() }, call.CancellationToken);

    private JsonObject List(JsonArray proxies) => new() { ["total"] = proxies.Count, ["proxies"] = new JsonArray([.. proxies.OfType<JsonObject>().Select(proxy => (JsonNode)Item(proxy))]) };

    private JsonObject Item(JsonObject proxy) => new()
    {
        ["id"] = proxy["id"]!.DeepClone(),
        ["url"] = proxy["url"]!.DeepClone(),
        ["label"] = proxy["label"]?.DeepClone(),
        ["enabled"] = proxy["enabled"]!.DeepClone(),
        ["credentialCount"] = accounts.All().Count(account => account.Proxy?.TrimEnd('/') == proxy["url"]!.ToString().TrimEnd('/')),
        ["health"] = "unknown",
        ["consecutiveFailures"] = 0,
        ["autoDisabled"] = false,
    };

    private async Task<SurfaceAnswer> AddAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var proxies = await ReadAsync(call);
        if (Add(proxies, body.Text("url"), body.Text("label")) is { } problem) return AdminAnswers.Invalid(problem);
        await SaveAsync(proxies, call);
        return SurfaceAnswer.Json(Item((JsonObject)proxies[^1]!));
    }

    private async Task<SurfaceAnswer> AddAllAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var proxies = await ReadAsync(call);
        var (before, errors) = (proxies.Count, new JsonArray());
        foreach (var url in body["urls"] as JsonArray ?? [])
            if (Add(proxies, url?.ToString().Trim(), null) is { } problem) errors.Add((JsonNode)$"{url}: {problem}");
        await SaveAsync(proxies, call);
        return SurfaceAnswer.Json(new JsonObject { ["added"] = proxies.Count - before, ["errors"] = errors.Count, ["proxies"] = new JsonArray([.. proxies.Skip(before).OfType<JsonObject>().Select(proxy => (JsonNode)Item(proxy))]), ["errorMessages"] = errors });
    }

    /// <summary>Adds a proxy to the list; what is wrong with it where it is not added.</summary>
    private static string? Add(JsonArray proxies, string? url, string? label)
    {
        if (url is null || AddressSettings.ParseProxy(url) is null) return "This is not a proxy's address. Write http://host:port or socks5://host:port.";
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.UserInfo.Length > 0) return "The list keeps no passwords: set a proxy with a password at its account.";
        if (proxies.Any(proxy => proxy!["url"]!.ToString() == url)) return "It is in the list already.";
        if (proxies.Count >= Most) return $"The list has {Most} proxies, and no room for more.";
        proxies.Add((JsonNode)new JsonObject { ["id"] = proxies.Count == 0 ? 1 : proxies.Max(static proxy => int.Parse(proxy!["id"]!.ToString(), CultureInfo.InvariantCulture)) + 1, ["url"] = url, ["label"] = label, ["enabled"] = true });
        return null;
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        var proxies = await ReadAsync(call);
        if (Find(proxies, call.Route("id")) is not { } proxy) return AdminAnswers.Missing("proxy", call.Route("id"));
        proxies.Remove(proxy);
        await SaveAsync(proxies, call);
        return AdminAnswers.Done("It was removed.");
    }

    private async Task<SurfaceAnswer> SetEnabledAsync(SurfaceCall call)
    {
        var proxies = await ReadAsync(call);
        if (Find(proxies, call.Route("id")) is not { } proxy) return AdminAnswers.Missing("proxy", call.Route("id"));
        proxy["enabled"] = (await call.BodyAsync()).Flag("enabled") ?? true;
        await SaveAsync(proxies, call);
        return AdminAnswers.Done("It was changed.");
    }

    private async Task<SurfaceAnswer> CheckAsync(SurfaceCall call)
        => Find(await ReadAsync(call), call.Route("id")) is { } proxy
            ? SurfaceAnswer.Json(new JsonObject { ["id"] = proxy["id"]!.DeepClone(), ["health"] = "unknown", ["enabled"] = proxy["enabled"]!.DeepClone(), ["autoDisabled"] = false })
            : AdminAnswers.Missing("proxy", call.Route("id"));

    private async Task<SurfaceAnswer> AssignAsync(SurfaceCall call)
    {
        if (await credentials.FindAsync(call.Route("id"), call.CancellationToken) is not { } account) return AdminAnswers.Missing("credential", call.Route("id"));
        var wanted = (await call.BodyAsync()).Number("proxyId");
        string? url = null;
        if (wanted is { } number)
        {
            var id = ((long)number).ToString(CultureInfo.InvariantCulture);
            if (Find(await ReadAsync(call), id) is not { } proxy) return AdminAnswers.Missing("proxy", id);
            url = proxy["url"]!.ToString();
        }

        return await GiveAsync(account, url, call) is { } refusal ? refusal : AdminAnswers.Done(url is null ? "It has no proxy any more." : "The proxy was set.");
    }

    private async Task<SurfaceAnswer> AssignAllAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var usable = (await ReadAsync(call)).OfType<JsonObject>().Where(static proxy => proxy["enabled"]?.GetValueKind() == JsonValueKind.True).Select(static proxy => proxy["url"]!.ToString()).ToList();
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        var chosen = (body["credentialIds"] as JsonArray)?.Select(static id => id?.ToString()).ToHashSet(StringComparer.Ordinal);
        var assigned = 0;
        foreach (var account in accounts.All().Where(account => chosen is null or { Count: 0 } || chosen.Contains(numbers[account.Id].ToString(CultureInfo.InvariantCulture))))
        {
            if (usable.Count == 0) break;
            if (await GiveAsync(account, usable[assigned % usable.Count], call) is null) assigned++;
        }

        return SurfaceAnswer.Json(new JsonObject { ["assigned"] = assigned, ["proxyCount"] = usable.Count });
    }

    private async Task<SurfaceAnswer?> GiveAsync(AccountView account, string? url, SurfaceCall call)
    {
        var settings = new Dictionary<string, JsonElement> { ["proxy-url"] = JsonSerializer.SerializeToElement(url, KiroJson.Default.String) };
        var changed = await administration.ChangeAsync(account.Id, new AccountUpdate { Settings = settings }, call.Actor, call.CancellationToken);
        return changed.Succeeded ? null : AdminAnswers.From(changed.Error);
    }

    private static JsonObject? Find(JsonArray proxies, string id) => proxies.OfType<JsonObject>().FirstOrDefault(proxy => proxy["id"]?.ToString() == id);
}
