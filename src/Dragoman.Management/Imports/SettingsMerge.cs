using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Management.Imports;

/// <summary>Compares what another system has with the configuration that is here: what is new is added, what is here stays.</summary>
internal static class SettingsMerge
{
    /// <summary>Members that say which account an entry is; entries that agree in those they both have are the same.</summary>
    private static readonly string[] Identity = ["api-key", "base-url", "name", "region"];

    /// <summary>The changes that are to be made, and a finding for each setting.</summary>
    public static (List<KeyValuePair<string, JsonNode?>> Changes, List<ImportFinding> Findings) Compare(JsonObject here, IReadOnlyList<DraftSetting> settings)
    {
        var (changes, findings) = (new List<KeyValuePair<string, JsonNode?>>(), new List<ImportFinding>());
        foreach (var setting in settings)
        {
            var present = Find(here, setting.Path);
            if (!setting.IsEntry)
            {
                if (present is null && !changes.Exists(change => change.Key == setting.Path)) changes.Add(new(setting.Path, setting.Value.DeepClone()));
                findings.Add(present is null ? New(setting)
                    : JsonNode.DeepEquals(present, setting.Value) ? new ImportFinding(setting.Source, ImportOutcome.AlreadyHere, setting.Path, "The same value is set here.")
                    : new ImportFinding(setting.Source, ImportOutcome.Kept, setting.Path, "The gateway has a value of its own, which stays."));
                continue;
            }

            var added = changes.Where(change => change.Key == setting.Path + "[+]").Select(change => change.Value);
            if ((present as JsonArray ?? []).Concat(added).Any(entry => IsSame(entry, setting.Value)))
            {
                findings.Add(new ImportFinding(setting.Source, ImportOutcome.AlreadyHere, setting.Path, "The entry is here already."));
                continue;
            }

            changes.Add(new(setting.Path + "[+]", setting.Value.DeepClone()));
            findings.Add(New(setting));
        }

        return (changes, findings);
    }

    private static ImportFinding New(DraftSetting setting)
        => new(setting.Source, setting.Differs is null ? ImportOutcome.Taken : ImportOutcome.Approximated, setting.Path, setting.Differs ?? (setting.IsEntry ? "Added." : "Set."));

    private static bool IsSame(JsonNode? here, JsonNode there)
    {
        if (here is not JsonObject mine || there is not JsonObject theirs) return JsonNode.DeepEquals(here, there) || TextOf(here) is { } text && text == TextOf(there);
        return KeysOf(mine) is { Count: > 0 } keys && KeysOf(theirs) is { } others
            ? keys.SetEquals(others) && TextOf(mine["base-url"]) == TextOf(theirs["base-url"])
            : Array.TrueForAll(Identity, name => TextOf(mine[name]) == TextOf(theirs[name]));
    }

    /// <summary>The keys of an entry: its own, or those of the accounts that it lists.</summary>
    private static HashSet<string> KeysOf(JsonObject entry)
    {
        var keys = (entry["api-key-entries"] as JsonArray ?? []).OfType<JsonObject>().Select(one => TextOf(one["api-key"])).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (TextOf(entry["api-key"]) is { Length: > 0 } own) keys.Add(own);
        return keys;
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : null;

    private static JsonNode? Find(JsonObject here, string path)
    {
        JsonNode? node = here;
        foreach (var step in path.Split('.')) node = (node as JsonObject)?[step];
        return node;
    }
}
