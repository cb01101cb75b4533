using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The change of an entry of a list, as changes of single keys: what is not named stays as it is written.</summary>
internal static class EntryChange
{
    /// <summary>The changes that some fields' new values are.</summary>
    /// <param name="section">The list.</param>
    /// <param name="index">The entry's place in it.</param>
    /// <param name="entry">The entry as it stands.</param>
    /// <param name="change">The fields and their values; null takes a field away.</param>
    /// <param name="canChange">Whether a field can be changed.</param>
    /// <param name="keeps">Whether an entry is kept after the change; one that is not is removed.</param>
    public static ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>> Of(string section, int index, JsonObject entry, JsonObject change, Func<string, bool> canChange, Func<JsonObject, bool> keeps)
    {
        var (path, after) = (PathOf(section, index), entry.DeepClone().AsObject());
        var changes = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var (field, value) in change)
        {
            if (!canChange(field)) continue;
            var kept = EntryTidying.TidyField(field, value);
            if (kept is null) after.Remove(field);
            else after[field] = kept.DeepClone();
            if (kept is not null || entry.ContainsKey(field)) changes.Add(new($"{path}.{field}", kept));
        }

        return keeps(after) ? ConfigEdits.Set(changes) : ConfigEdits.Set(path, null);
    }

    /// <summary>The path of an entry.</summary>
    public static string PathOf(string section, int index) => string.Create(CultureInfo.InvariantCulture, $"{section}[{index}]");
}
