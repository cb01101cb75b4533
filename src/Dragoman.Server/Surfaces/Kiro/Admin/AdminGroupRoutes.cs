using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management.Accounts;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/groups</c>: groups of accounts, which are the accounts' tags (surface-clients §4). A group that no account is in is kept with its description; one that is only a tag is listed too.</summary>
internal sealed class AdminGroupRoutes(SurfaceState state, KiroAccounts accounts, AccountAdministration administration, TimeProvider time) : IKiroRoutes
{
    private const string Key = "groups";
    private const int Most = 1_000;
    private const int LongestName = 64;
    private const int LongestDescription = 1_000;

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/groups", "The groups of accounts (their tags), with how many accounts are in each.", async call => SurfaceAnswer.Json(List(await ReadAsync(call))));
        routes.Post("/api/admin/groups", "Makes a group.", CreateAsync);
        routes.Patch("/api/admin/groups/{name}", "Changes name and description of a group; its accounts follow.", ChangeAsync);
        routes.Delete("/api/admin/groups/{name}", "Removes a group; one that accounts are in only with `force`, which takes them out.", RemoveAsync);
    }

    /// <summary>The groups by name: those that were made, and the tags.</summary>
    private async Task<SortedDictionary<string, JsonObject>> ReadAsync(SurfaceCall call)
    {
        var groups = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        if (await state.GetAsync(KiroAccounts.StateName, Key, call.CancellationToken) is JsonObject kept)
            foreach (var (name, group) in kept)
                if (group is JsonObject facts) groups[name] = (JsonObject)facts.DeepClone();
        foreach (var account in accounts.All())
            foreach (var tag in account.Tags)
                groups.TryAdd(tag, new JsonObject { ["createdAt"] = KiroAnswers.Iso(account.CreatedAt ?? time.GetUtcNow()) });
        return groups;
    }

    private Task SaveAsync(SortedDictionary<string, JsonObject> groups, SurfaceCall call)
        => state.SetAsync(KiroAccounts.StateName, Key, new JsonObject(groups.Select(static group => KeyValuePair.Create(group.Key, (JsonNode?)group.Value.DeepClone()))), call.CancellationToken);

    private JsonObject List(SortedDictionary<string, JsonObject> groups) => new() { ["total"] = groups.Count, ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)Item(group.Key, group.Value))]) };

    private JsonObject Item(string name, JsonObject group)
    {
        var item = new JsonObject { ["name"] = name, ["createdAt"] = group["createdAt"]?.DeepClone() ?? "", ["credentialCount"] = MembersOf(name).Count, ["clientKeyCount"] = 0 };
        if (group.Text("description") is { } description) item["description"] = description;
        return item;
    }

    private List<AccountView> MembersOf(string name) => [.. accounts.All().Where(account => account.Tags.Contains(name, StringComparer.Ordinal))];

    private async Task<SurfaceAnswer> CreateAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var groups = await ReadAsync(call);
        var name = body.Text("name")?.Trim() ?? "";
        if (Wrong(name, groups) is { } wrong) return wrong;
        groups[name] = Described(new JsonObject { ["createdAt"] = KiroAnswers.Iso(time.GetUtcNow()) }, body.Text("description"));
        await SaveAsync(groups, call);
        return SurfaceAnswer.Json(Item(name, groups[name]));
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call)
    {
        var (body, groups, name) = (await call.BodyAsync(), await ReadAsync(call), call.Route("name"));
        if (!groups.TryGetValue(name, out var group)) return AdminAnswers.Missing("group", name);
        if (body["description"] is not null) Described(group, body.Text("description"));
        if (body.Text("newName")?.Trim() is { Length: > 0 } wanted && wanted != name)
        {
            if (Wrong(wanted, groups) is { } wrong) return wrong;
            if (await RetagAsync(call, name, wanted) is { } failed) return failed;
            groups.Remove(name);
            groups[wanted] = group;
            name = wanted;
        }

        await SaveAsync(groups, call);
        return SurfaceAnswer.Json(Item(name, group));
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        var (groups, name) = (await ReadAsync(call), call.Route("name"));
        if (!groups.Remove(name)) return AdminAnswers.Missing("group", name);
        var members = MembersOf(name).Count;
        if (members > 0 && call.Query("force") != "true") return AdminAnswers.Error(409, "invalid_request", $"{members} accounts are in the group '{name}'. Send force=true to take them out of it.");
        if (await RetagAsync(call, name, null) is { } failed) return failed;
        await SaveAsync(groups, call);
        return AdminAnswers.Done($"The group '{name}' was removed.");
    }

    /// <summary>Gives the accounts of a group another tag, or none, in its place.</summary>
    /// <returns>The answer where that fails; null where it is done.</returns>
    private async Task<SurfaceAnswer?> RetagAsync(SurfaceCall call, string name, string? wanted)
    {
        foreach (var account in MembersOf(name))
        {
            List<string> tags = [.. account.Tags.Select(tag => tag == name ? wanted : tag).OfType<string>().Distinct(StringComparer.Ordinal)];
            var changed = await administration.ChangeAsync(account.Id, new AccountUpdate { Tags = tags }, call.Actor, call.CancellationToken);
            if (!changed.Succeeded) return AdminAnswers.From(changed.Error);
        }

        return null;
    }

    private static SurfaceAnswer? Wrong(string name, SortedDictionary<string, JsonObject> groups)
    {
        if (name.Length is 0 or > LongestName) return AdminAnswers.Invalid($"'name' is a text of at most {LongestName} letters.");
        if (groups.ContainsKey(name)) return AdminAnswers.Error(409, "invalid_request", $"There is a group '{name}' already.");
        return groups.Count >= Most ? AdminAnswers.Invalid($"There are {Most} groups, which is the most.") : null;
    }

    private static JsonObject Described(JsonObject group, string? description)
    {
        if (description?.Trim() is { Length: > 0 } text) group["description"] = text.Length <= LongestDescription ? text : text[..LongestDescription];
        else group.Remove("description");
        return group;
    }
}
