using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/api/claude/presets</c> and <c>/api/server/presets</c>: named sets of settings, kept in the store (wire notes surface-clients §3).</summary>
internal sealed class PresetRoutes(AntigravityState state)
{
    private const string Claude = "claude-presets";
    private const string Server = "server-presets";
    private const int LongestName = 50;
    private const int Most = 200;

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/claude/presets", "Presets of Claude Code's settings.", async call => Shown(await ClaudeAsync(call), null));
        routes.Post("/api/claude/presets", "Keeps a preset of Claude Code's settings.", SaveClaudeAsync);
        routes.Delete("/api/claude/presets/{name}", "Removes a preset of Claude Code's settings.", RemoveClaudeAsync);
        routes.Get("/api/server/presets", "Presets of the settings.", async call => Shown(await ServerAsync(call), null));
        routes.Post("/api/server/presets", "Keeps a preset of the settings.", SaveServerAsync);
        routes.Patch("/api/server/presets/{name}", "Changes a preset of the settings.", ChangeServerAsync);
        routes.Delete("/api/server/presets/{name}", "Removes a preset of the settings.", RemoveServerAsync);
    }

    /// <summary>The presets of Claude Code's settings.</summary>
    public async Task<JsonArray> ClaudeAsync(SurfaceCall call) => await state.ListAsync(Claude, call.CancellationToken) ?? new JsonArray(
        ClaudePreset(call, "Claude Thinking", "claude-opus-4-6-thinking", "claude-sonnet-4-6"), ClaudePreset(call, "Gemini 1M", "gemini-3.1-pro-low", "gemini-3.5-flash-low"));

    private async Task<SurfaceAnswer> SaveClaudeAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("name")?.Trim() is not { Length: > 0 and <= 200 } name) return AntigravitySurface.Failed(400, "Preset name is required");
        if (body["config"] is not JsonObject config) return AntigravitySurface.Failed(400, "Config object is required");
        var all = await ClaudeAsync(call);
        Put(all, new JsonObject { ["name"] = name, ["config"] = config.DeepClone() });
        if (all.Count > Most) return AntigravitySurface.Failed(400, $"There are {Most} presets already");
        await state.SetAsync(Claude, all, call.CancellationToken);
        return Shown(all, $"Preset \"{name}\" saved");
    }

    private async Task<SurfaceAnswer> RemoveClaudeAsync(SurfaceCall call)
    {
        var name = call.Route("name");
        var all = await ClaudeAsync(call);
        if (IndexOf(all, name) is >= 0 and var at) all.RemoveAt(at);
        await state.SetAsync(Claude, all, call.CancellationToken);
        return Shown(all, $"Preset \"{name}\" deleted");
    }

    private async Task<JsonArray> ServerAsync(SurfaceCall call)
    {
        var all = BuiltIn();
        foreach (var own in await state.ListAsync(Server, call.CancellationToken) ?? []) all.Add(own?.DeepClone());
        return all;
    }

    private async Task<SurfaceAnswer> SaveServerAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("name")?.Trim() is not { Length: > 0 } name) return AntigravitySurface.Failed(400, "Preset name is required");
        if (name.Length > LongestName) return AntigravitySurface.Failed(400, "Preset name must be 50 characters or fewer");
        if (body["config"] is not JsonObject given) return AntigravitySurface.Failed(400, "Config object is required");
        if (ServerSettings.Valid(given) is not { Count: > 0 } config) return AntigravitySurface.Failed(400, "No valid config fields provided");
        if (IndexOf(BuiltIn(), name) >= 0) return AntigravitySurface.Failed(400, $"Cannot overwrite built-in preset \"{name}\"");
        var own = await OwnAsync(call);
        var preset = new JsonObject { ["name"] = name, ["config"] = config };
        if (body.Text("description")?.Trim() is { Length: > 0 } description) preset["description"] = description;
        Put(own, preset);
        if (own.Count > Most) return AntigravitySurface.Failed(400, $"There are {Most} presets already");
        await state.SetAsync(Server, own, call.CancellationToken);
        return Shown(await ServerAsync(call), $"Server preset \"{name}\" saved");
    }

    private async Task<SurfaceAnswer> ChangeServerAsync(SurfaceCall call)
    {
        var current = call.Route("name");
        var body = await call.BodyAsync();
        var name = body.Text("name")?.Trim();
        if (name is "") return AntigravitySurface.Failed(400, "Preset name is required");
        if (name?.Length > LongestName) return AntigravitySurface.Failed(400, "Preset name must be 50 characters or fewer");
        var config = body["config"] is JsonObject given && ServerSettings.Valid(given) is { Count: > 0 } valid ? valid : null;
        if (name is null && config is null && !body.ContainsKey("description")) return AntigravitySurface.Failed(400, "No updates provided");
        if (IndexOf(BuiltIn(), current) >= 0) return AntigravitySurface.Failed(400, $"Cannot edit built-in preset \"{current}\"");
        var own = await OwnAsync(call);
        if (IndexOf(own, current) is not (>= 0 and var at)) return AntigravitySurface.Failed(400, $"Preset \"{current}\" not found");
        if (name is not null && IndexOf(BuiltIn(), name) >= 0) return AntigravitySurface.Failed(400, $"Cannot use built-in preset name \"{name}\"");
        if (name is not null && name != current && IndexOf(own, name) >= 0) return AntigravitySurface.Failed(400, $"A preset named \"{name}\" already exists");
        var preset = (JsonObject)own[at]!;
        if (name is not null) preset["name"] = name;
        if (body.ContainsKey("description"))
        {
            if (body.Text("description")?.Trim() is { Length: > 0 } description) preset["description"] = description;
            else preset.Remove("description");
        }

        if (config is not null) ServerSettings.Merge((JsonObject)preset["config"]!, config);
        await state.SetAsync(Server, own, call.CancellationToken);
        return Shown(await ServerAsync(call), $"Server preset \"{current}\" updated");
    }

    private async Task<SurfaceAnswer> RemoveServerAsync(SurfaceCall call)
    {
        var name = call.Route("name");
        if (IndexOf(BuiltIn(), name) >= 0) return AntigravitySurface.Failed(400, $"Cannot delete built-in preset \"{name}\"");
        var own = await OwnAsync(call);
        if (IndexOf(own, name) is >= 0 and var at) own.RemoveAt(at);
        await state.SetAsync(Server, own, call.CancellationToken);
        return Shown(await ServerAsync(call), $"Server preset \"{name}\" deleted");
    }

    private async Task<JsonArray> OwnAsync(SurfaceCall call) => await state.ListAsync(Server, call.CancellationToken) ?? [];

    private static SurfaceAnswer Shown(JsonArray presets, string? message) => AntigravitySurface.Done(message, ("presets", presets.DeepClone()));

    private static int IndexOf(JsonArray presets, string name)
    {
        for (var index = 0; index < presets.Count; index++)
            if ((presets[index] as JsonObject)?.Text("name") == name) return index;
        return -1;
    }

    private static void Put(JsonArray presets, JsonObject preset)
    {
        if (IndexOf(presets, preset.Text("name")!) is >= 0 and var at) presets[at] = preset;
        else presets.Add((JsonNode)preset);
    }

    private static JsonObject ClaudePreset(SurfaceCall call, string name, string large, string small) => new()
    {
        ["name"] = name,
        ["config"] = new JsonObject
        {
            ["ANTHROPIC_AUTH_TOKEN"] = "test", ["ANTHROPIC_BASE_URL"] = $"{call.Gateway.Scheme}://localhost:{call.Context.Connection.LocalPort}", ["ANTHROPIC_MODEL"] = large, ["ANTHROPIC_DEFAULT_OPUS_MODEL"] = large,
            ["ANTHROPIC_DEFAULT_SONNET_MODEL"] = small, ["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = small, ["CLAUDE_CODE_SUBAGENT_MODEL"] = small, ["ENABLE_EXPERIMENTAL_MCP_CLI"] = "true",
        },
    };

    private static JsonArray BuiltIn() => new(
        Preset("Default (3-5 Accounts)", "presetDefaultDesc", "{}"),
        Preset("Many Accounts (10+)", "presetManyAccountsDesc", """
            {"maxRetries":3,"retryBaseMs":500,"retryMaxMs":15000,"defaultCooldownMs":5000,"maxWaitBeforeErrorMs":60000,"maxAccounts":50,"globalQuotaThreshold":0.1,"rateLimitDedupWindowMs":1000,"maxConsecutiveFailures":2,
            "extendedCooldownMs":30000,"maxCapacityRetries":3,"switchAccountDelayMs":3000,"capacityBackoffTiersMs":[3000,6000,12000,20000,40000],
            "accountSelection":{"healthScore":{"rateLimitPenalty":-15,"failurePenalty":-25,"recoveryPerHour":5,"minUsable":40},"tokenBucket":{"maxTokens":30,"tokensPerMinute":8,"initialTokens":30},
            "quota":{"lowThreshold":0.15,"staleMs":180000},"weights":{"health":5,"tokens":2,"lru":0.01}}}
            """),
        Preset("Conservative", "presetConservativeDesc", """
            {"maxRetries":8,"retryBaseMs":2000,"retryMaxMs":60000,"defaultCooldownMs":20000,"maxWaitBeforeErrorMs":240000,"globalQuotaThreshold":0.2,"rateLimitDedupWindowMs":3000,"maxConsecutiveFailures":5,
            "extendedCooldownMs":120000,"maxCapacityRetries":8,"switchAccountDelayMs":8000,"capacityBackoffTiersMs":[8000,15000,30000,45000,90000],
            "accountSelection":{"strategy":"sticky","healthScore":{"initial":80,"successReward":2,"rateLimitPenalty":-5,"failurePenalty":-10,"recoveryPerHour":3},"tokenBucket":{"maxTokens":80,"tokensPerMinute":4,"initialTokens":80},
            "quota":{"lowThreshold":0.2,"criticalThreshold":0.1},"weights":{"health":3,"tokens":4,"quota":2,"lru":0.05}}}
            """));

    private static JsonObject Preset(string name, string description, string changes)
        => new() { ["name"] = name, ["builtIn"] = true, ["descriptionKey"] = description, ["config"] = ServerSettings.Preset((JsonObject)JsonNode.Parse(changes)!) };
}
