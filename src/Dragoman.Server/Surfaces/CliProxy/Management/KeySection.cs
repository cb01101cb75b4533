using System.Text.Json.Nodes;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A list of provider keys in the configuration, with what its routes do differently (wire notes cliproxyapi 1.7).</summary>
/// <param name="Name">The key of the file, which is the route too.</param>
/// <param name="MoreFields">What PATCH may change besides what all lists have.</param>
internal sealed record KeySection(string Name, params string[] MoreFields)
{
    /// <summary>What PATCH may change in every list.</summary>
    private static readonly string[] CommonFields =
        ["api-key", "weight", "prefix", "base-url", "proxy-url", "headers", "excluded-models", "disable-cooling", "request-retry", "request-scoped-errors"];

    private static readonly string[] Profiles = ["", "claude-code-cli", "oauth-cli"];

    /// <summary>Whether an entry without an address is none: it is left out, and one whose address is taken away is removed.</summary>
    public bool NeedsAddress { get; init; }

    /// <summary>Whether an entry without a key is none, even with an address.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>Whether DELETE of a key that is not there is an error.</summary>
    public bool ReportsMissing { get; init; }

    /// <summary>Every list.</summary>
    public static IReadOnlyList<KeySection> All { get; } =
    [
        new("gemini-api-key") { ReportsMissing = true },
        new("interactions-api-key") { ReportsMissing = true },
        new("claude-api-key", "models", "fingerprint-profile", "rebuild-mid-system-message"),
        new("codex-api-key", "models", "alpha-search") { NeedsAddress = true },
        new("xai-api-key", "models", "priority", "websockets") { NeedsAddress = true },
        new("vertex-api-key", "models") { NeedsKey = true },
    ];

    /// <summary>Whether PATCH changes a field.</summary>
    public bool CanPatch(string field) => CommonFields.Contains(field, StringComparer.Ordinal) || MoreFields.Contains(field, StringComparer.Ordinal);

    /// <summary>What is wrong with a field's new value; null for nothing.</summary>
    public static string? FaultOf(string field, JsonNode? value) => field switch
    {
        "weight" when value is not null && (ConfigEdits.NumberOf(value) is null || value.GetValueKind() != System.Text.Json.JsonValueKind.Number) => "weight must be an integer",
        "weight" when ConfigEdits.NumberOf(value) > 1_000_000 => "weight must be at most 1000000",
        "disable-cooling" when value is not null && value.GetValueKind() is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) => "disable-cooling must be a boolean or null",
        "fingerprint-profile" when !Profiles.Contains(ConfigEdits.TextOf(value) ?? "-", StringComparer.Ordinal) => "unknown fingerprint-profile",
        _ => null,
    };

    /// <summary>Whether an entry is kept.</summary>
    public bool Keeps(JsonObject entry)
    {
        var (key, address) = (Text(entry, "api-key"), Text(entry, "base-url"));
        return NeedsAddress ? address.Length > 0 : NeedsKey ? key.Length > 0 : key.Length + address.Length > 0;
    }

    /// <summary>The entries of a list as they are kept: tidied, and without those that are none.</summary>
    public IReadOnlyList<JsonObject> Sanitise(IEnumerable<JsonObject> entries)
    {
        var kept = new List<JsonObject>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var tidy = EntryTidying.Tidy(entry);
            if (!Keeps(tidy)) continue;
            var identity = string.Join('\n', Text(tidy, "api-key"), Text(tidy, "base-url"), Text(tidy, "proxy-url"), Text(tidy, "prefix"), tidy["headers"]?.ToJsonString());
            // Only one of its lists is rid of entries that stand in it twice.
            if (!ReportsMissing || seen.Add(identity)) kept.Add(tidy);
        }

        return kept;
    }

    /// <summary>A text of an entry; empty for none.</summary>
    public static string Text(JsonObject entry, string name) => ConfigEdits.TextOf(entry[name])?.Trim() ?? "";
}
