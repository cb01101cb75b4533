using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Management.Accounts;
using Dragoman.Management.Models;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/config</c> and <c>/api/admin/models</c> (wire notes A.11 and surface-clients §4). What the gateway has no such setting for is kept and said to do nothing.</summary>
internal sealed class AdminConfigRoutes(Func<GatewayConfig> config, SettingsService settings, KiroRates rates, SurfaceState state, ModelDirectory models, AccountTester tester, AdminCredentials credentials, KiroAccounts accounts) : IKiroRoutes
{
    private const string RpmKey = "account-rpm-limit";
    private const string HealKey = "self-heal";
    private const string ThrottleKey = "account-throttle";

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/config/load-balancing", "How an account is chosen: `priority` (routing.strategy fill-first) or `balanced`.", _ => SurfaceAnswer.Json(Mode()));
        routes.Put("/api/admin/config/load-balancing", "Changes how an account is chosen, in the gateway's configuration.", SetModeAsync);
        routes.Get("/api/admin/config/global-proxy", "The proxy of all accounts that have none of their own.", _ => SurfaceAnswer.Json(new JsonObject { ["proxyUrl"] = Masked(config().ProxyUrl) }));
        routes.Put("/api/admin/config/global-proxy", "Changes that proxy, in the gateway's configuration.", SetProxyAsync);
        routes.Get("/api/admin/config/account-rpm-limit", "How many requests a minute each account may get (routing.limits.kiro.requests-per-minute).", async call => SurfaceAnswer.Json(await RpmAsync(call)));
        routes.Put("/api/admin/config/account-rpm-limit", "Changes that limit, in the gateway's configuration.", SetRpmAsync);
        routes.Get("/api/admin/config/self-heal", "How accounts that failed come back: the gateway does it by itself, after minIntervalSecs at the latest (transient-error-cooldown-seconds).", async call => SurfaceAnswer.Json(await HealAsync(call)));
        routes.Put("/api/admin/config/self-heal", "Changes that, in the gateway's configuration.", SetHealAsync);
        routes.Get("/api/admin/config/account-throttle", "How long an account cools down that the service throttles: kept, and without effect, for the reason that `note` says.", async call => SurfaceAnswer.Json(Throttled(await KeptAsync(ThrottleKey, ThrottleDefaults(), call))));
        routes.Put("/api/admin/config/account-throttle", "Keeps settings of that.", call => KeepAsync(ThrottleKey, ThrottleDefaults(), call, Throttled));
        routes.Get("/api/admin/models", "The models that Kiro accounts serve.", _ => SurfaceAnswer.Json(Models()));
        routes.Post("/api/admin/models/test", "Asks a model one short question, by an account of choice.", TestAsync);
    }

    private JsonObject Mode() => new() { ["mode"] = config().Routing.Strategy == RoutingStrategy.FillFirst ? "priority" : "balanced" };

    private async Task<SurfaceAnswer> SetModeAsync(SurfaceCall call)
    {
        var mode = (await call.BodyAsync()).Text("mode");
        if (mode is not ("priority" or "balanced")) return AdminAnswers.Invalid("The mode is 'priority' or 'balanced'.");
        var changed = await settings.ChangeAsync([new("routing.strategy", mode == "priority" ? "fill-first" : "least-used")], null, call.Actor, call.CancellationToken);
        return changed.Succeeded ? SurfaceAnswer.Json(new JsonObject { ["mode"] = mode }) : AdminAnswers.From(changed.Error);
    }

    private async Task<SurfaceAnswer> SetProxyAsync(SurfaceCall call)
    {
        var proxy = (await call.BodyAsync()).Text("proxyUrl");
        var changed = await settings.ChangeAsync([new("proxy-url", proxy is null ? null : JsonValue.Create(proxy))], null, call.Actor, call.CancellationToken);
        return changed.Succeeded ? AdminAnswers.Done(proxy is null ? "There is no proxy for all any more." : "The proxy was set.") : AdminAnswers.From(changed.Error);
    }

    private static JsonObject RpmDefaults() => new() { ["enabled"] = false, ["limit"] = 60 };

    private static JsonObject ThrottleDefaults() => new() { ["failover"] = true, ["cooldownSecs"] = 1_800 };

    private static JsonObject HealDefaults() => new()
    {
        ["suspendedDetectionEnabled"] = true, ["enabled"] = true, ["minIntervalSecs"] = 60, ["maxConsecutiveRounds"] = 3, ["consecutiveRounds"] = 0, ["totalCount"] = 0,
    };

    private async Task<JsonObject> RpmAsync(SurfaceCall call)
    {
        var shown = await KeptAsync(RpmKey, RpmDefaults(), call, isApplied: true);
        shown["enabled"] = rates.Current.RequestsPerMinute is not null;
        if (rates.Current.RequestsPerMinute is { } limit) shown["limit"] = limit;
        return shown;
    }

    private async Task<SurfaceAnswer> SetRpmAsync(SurfaceCall call)
    {
        var wanted = await RpmAsync(call);
        if (Merge(wanted, await call.BodyAsync()) is { } wrong) return wrong;
        if (wanted.Number("limit") is not (>= 1 and <= 100_000 and var limit)) return AdminAnswers.Invalid("'limit' is from 1 to 100000.");
        if (await rates.SetEachAsync(wanted.Flag("enabled") == true ? (int)limit : null, call) is { } failed) return AdminAnswers.From(failed);
        await state.SetAsync(KiroAccounts.StateName, RpmKey, wanted.DeepClone(), call.CancellationToken);
        return SurfaceAnswer.Json(wanted);
    }

    /// <summary>Accounts come back by themselves here; that cannot be switched off, and the rounds of it are not counted.</summary>
    private async Task<JsonObject> HealAsync(SurfaceCall call)
    {
        var shown = await KeptAsync(HealKey, HealDefaults(), call, isApplied: true);
        shown["minIntervalSecs"] = (int)config().Cooling.TransientCap.TotalSeconds;
        return Healed(shown);
    }

    private async Task<SurfaceAnswer> SetHealAsync(SurfaceCall call)
    {
        var wanted = await HealAsync(call);
        var before = wanted.Number("minIntervalSecs");
        if (Merge(wanted, await call.BodyAsync()) is { } wrong) return wrong;
        if (wanted.Number("minIntervalSecs") is not (>= 1 and <= 1_800 and var seconds)) return AdminAnswers.Invalid("'minIntervalSecs' is from 1 to 1800.");
        if (seconds != before)
        {
            var changed = await settings.ChangeAsync([new("transient-error-cooldown-seconds", (int)seconds)], null, call.Actor, call.CancellationToken);
            if (!changed.Succeeded) return AdminAnswers.From(changed.Error);
        }

        await state.SetAsync(KiroAccounts.StateName, HealKey, wanted.DeepClone(), call.CancellationToken);
        return SurfaceAnswer.Json(Healed(wanted));
    }

    private static JsonObject Healed(JsonObject shown)
    {
        shown["applied"] = shown.Flag("enabled") == true && shown.Flag("suspendedDetectionEnabled") == true;
        shown["note"] = "Accounts that failed come back by themselves after minIntervalSecs at the latest, suspended ones when their owner has signed in again; neither can be switched off, and the rounds are not limited.";
        return shown;
    }

    private async Task<JsonObject> KeptAsync(string key, JsonObject usual, SurfaceCall call, bool isApplied = false)
    {
        if (await state.GetAsync(KiroAccounts.StateName, key, call.CancellationToken) is JsonObject kept)
            foreach (var (name, value) in kept)
                if (usual.ContainsKey(name) && value is not null) usual[name] = value.DeepClone();
        // Said where a caller looks, because a limit that is not there must not be taken for one that is.
        usual["applied"] = isApplied;
        return usual;
    }

    private static JsonObject Throttled(JsonObject shown)
    {
        shown["note"] = "An account that the service limits for suspicious activity is left alone for an hour, or for as long as the service says where that is longer, and another is asked meanwhile. Neither is shortened or switched off here, because the service suspends accounts that go on asking.";
        return shown;
    }

    private async Task<SurfaceAnswer> KeepAsync(string key, JsonObject usual, SurfaceCall call, Func<JsonObject, JsonObject> shape)
    {
        var merged = await KeptAsync(key, usual, call);
        if (Merge(merged, await call.BodyAsync()) is { } wrong) return wrong;
        await state.SetAsync(KiroAccounts.StateName, key, merged.DeepClone(), call.CancellationToken);
        return SurfaceAnswer.Json(shape(merged));
    }

    /// <summary>Puts what a body changes in the place of what there is; the answer where it cannot be.</summary>
    private static SurfaceAnswer? Merge(JsonObject settings, JsonObject changes)
    {
        foreach (var (name, value) in changes)
        {
            if (settings[name] is not { } known || name is "applied" or "note" || value is null) continue;
            if (known.GetValueKind() != value.GetValueKind() && !(IsFlag(known) && IsFlag(value))) return AdminAnswers.Invalid($"'{name}' has a value that cannot be.");
            settings[name] = value.DeepClone();
        }

        return null;
    }

    private static bool IsFlag(JsonNode value) => value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;

    private JsonObject Models()
    {
        var own = accounts.All().Select(static account => account.Id).ToHashSet(StringComparer.Ordinal);
        return new JsonObject
        {
            ["models"] = new JsonArray([.. models.List().Models.Where(model => model.Servers.Any(server => own.Contains(server.AccountId))).Select(static model => (JsonNode)new JsonObject
            {
                ["id"] = model.Id, ["modelId"] = model.Id, ["displayName"] = model.DisplayName ?? model.Id, ["maxInputTokens"] = model.ContextWindow ?? 0, ["maxTokens"] = model.MaxOutputTokens ?? 0, ["created"] = model.Created,
            })]),
        };
    }

    private async Task<SurfaceAnswer> TestAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var model = body.Text("model", "modelId");
        var account = body.Number("credentialId") is { } number ? await credentials.FindAsync(((long)number).ToString(System.Globalization.CultureInfo.InvariantCulture), call.CancellationToken) : accounts.All().FirstOrDefault(one => credentials.ShapeOf(one).IsAvailable);
        if (account is null) return AdminAnswers.Error(404, "not_found", "There is no such credential, or none that can be used.");
        var tested = await tester.TestAsync(account.Id, model, call.Actor, call.CancellationToken);
        if (!tested.Succeeded) return AdminAnswers.From(tested.Error);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["success"] = tested.Value.Ok, ["model"] = tested.Value.Model, ["status"] = tested.Value.Status, ["latencyMs"] = tested.Value.DurationMs, ["content"] = tested.Value.Reply ?? "", ["error"] = tested.Value.Error,
            ["inputTokens"] = tested.Value.InputTokens ?? 0, ["outputTokens"] = tested.Value.OutputTokens ?? 0,
        });
    }

    private static string? Masked(string? proxy)
        => proxy is not null && Uri.TryCreate(proxy, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? $"{uri.Scheme}://…@{uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..]}" : proxy;
}
