using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>The settings of an Antigravity gateway: their defaults and ranges (wire notes codex-and-antigravity E.2, E.3, surface-clients §3). What is out of range is left out.</summary>
internal static class ServerSettings
{
    /// <summary>The settings that are numbers, with their least and most.</summary>
    private static readonly (string Name, double Default, double Least, double Most)[] Numbers =
    [
        ("maxRetries", 5, 1, 20), ("retryBaseMs", 1_000, 100, 10_000), ("retryMaxMs", 30_000, 1_000, 120_000), ("defaultCooldownMs", 10_000, 1_000, 300_000), ("maxWaitBeforeErrorMs", 120_000, 0, 600_000), ("maxAccounts", 10, 1, 100),
        ("globalQuotaThreshold", 0, 0, 0.999_999), ("rateLimitDedupWindowMs", 2_000, 1_000, 30_000), ("maxConsecutiveFailures", 3, 1, 10), ("extendedCooldownMs", 60_000, 10_000, 300_000), ("maxCapacityRetries", 5, 1, 10),
        ("switchAccountDelayMs", 5_000, 1_000, 60_000),
    ];

    private static readonly (string Group, (string Name, double Default, double Least, double Most)[] Numbers)[] Selection =
    [
        ("healthScore", [("initial", 70, 0, 100), ("successReward", 1, 0, 20), ("rateLimitPenalty", -10, -50, 0), ("failurePenalty", -20, -50, 0), ("recoveryPerHour", 10, 0, 20), ("minUsable", 50, 0, 100), ("maxScore", 100, 1, 200)]),
        ("tokenBucket", [("maxTokens", 50, 5, 200), ("tokensPerMinute", 6, 1, 60), ("initialTokens", 50, 1, 200)]),
        ("quota", [("lowThreshold", 0.1, 0, 0.999_999), ("criticalThreshold", 0.05, 0, 0.999_999), ("staleMs", 300_000, 30_000, 3_600_000)]),
        ("weights", [("health", 2, 0, 20), ("tokens", 5, 0, 20), ("quota", 3, 0, 20), ("lru", 0.1, 0, 5)]),
    ];

    private static readonly string[] Strategies = ["sticky", "round-robin", "hybrid"];

    /// <summary>The settings as they are before anybody has changed them.</summary>
    public static JsonObject Defaults()
    {
        var settings = new JsonObject { ["debug"] = false, ["devMode"] = false, ["logLevel"] = "info", ["persistTokenCache"] = false, ["requestThrottlingEnabled"] = false, ["requestDelayMs"] = 200 };
        Merge(settings, Preset(new JsonObject()));
        settings["modelMapping"] = new JsonObject();
        return settings;
    }

    /// <summary>A preset: the defaults with some of them changed.</summary>
    public static JsonObject Preset(JsonObject changes)
    {
        var settings = new JsonObject();
        foreach (var (name, value, _, _) in Numbers) settings[name] = value;
        settings["capacityBackoffTiersMs"] = new JsonArray(5_000, 10_000, 20_000, 30_000, 60_000);
        var selection = new JsonObject { ["strategy"] = "hybrid" };
        foreach (var (group, numbers) in Selection) selection[group] = new JsonObject(numbers.Select(static number => KeyValuePair.Create(number.Name, (JsonNode?)number.Default)));
        settings["accountSelection"] = selection;
        Merge(settings, changes);
        return settings;
    }

    /// <summary>Those of some settings that can be taken.</summary>
    public static JsonObject Valid(JsonObject input)
    {
        var valid = Numbered(input, Numbers);
        if (input["capacityBackoffTiersMs"] is JsonArray { Count: >= 1 and <= 10 } tiers && tiers.All(static tier => tier is JsonValue value && value.TryGetValue(out double time) && time is >= 1_000 and <= 300_000)) valid["capacityBackoffTiersMs"] = tiers.DeepClone();
        if (input["accountSelection"] is not JsonObject given) return valid;
        var selection = new JsonObject();
        if (given.Text("strategy") is { } strategy && Strategies.Contains(strategy)) selection["strategy"] = strategy;
        foreach (var (group, numbers) in Selection)
            if (given[group] is JsonObject own && Numbered(own, numbers) is { Count: > 0 } taken) selection[group] = taken;
        if (selection.Count > 0) valid["accountSelection"] = selection;
        return valid;
    }

    /// <summary>Puts members of one object into another; objects are merged.</summary>
    public static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (value is JsonObject inner && into[name] is JsonObject target) Merge(target, inner);
            else into[name] = value?.DeepClone();
        }
    }

    private static JsonObject Numbered(JsonObject input, (string Name, double Default, double Least, double Most)[] numbers)
    {
        var valid = new JsonObject();
        foreach (var (name, _, least, most) in numbers)
            if (input.Number(name) is { } number && number >= least && number <= most) valid[name] = input[name]!.DeepClone();
        return valid;
    }
}
