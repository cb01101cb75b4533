using System.Text.Json.Nodes;

namespace Dragoman.Management.Imports.Systems;

/// <summary>Entries of upstreams with a key, for the configuration: models that share key and address are one entry.</summary>
internal sealed class KeyEntries
{
    private readonly Dictionary<string, (string Source, string Section, JsonObject Entry, JsonArray Models, string? Differs)> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds a model.</summary>
    /// <param name="source">Where it stands in the other system's files.</param>
    /// <param name="section">The list of the configuration.</param>
    /// <param name="members">The entry without its models; the same members make the same entry.</param>
    /// <param name="model">The upstream's name of the model; null for all that it has.</param>
    /// <param name="alias">The clients' name of it.</param>
    /// <param name="differs">How the entry differs from what it was there.</param>
    public void Add(string source, string section, JsonObject members, string? model, string? alias, string? differs = null)
    {
        var key = $"{section} {members.ToJsonString()}";
        if (!_entries.TryGetValue(key, out var known)) _entries[key] = known = (source, section, members, [], differs);
        if (model is not null) known.Models.Add(new JsonObject { ["name"] = model, ["alias"] = alias ?? model });
    }

    /// <summary>Gives all of them to a draft.</summary>
    public void AddTo(ImportDraft draft)
    {
        foreach (var (source, section, entry, models, differs) in _entries.Values)
        {
            if (models.Count > 0) entry["models"] = models;
            draft.Add(source, section, entry, differs);
        }
    }

    /// <summary>An entry of a vendor's own API.</summary>
    public static JsonObject Vendor(string? key, string? baseUrl)
    {
        var entry = new JsonObject();
        if (key is { Length: > 0 }) entry["api-key"] = key;
        if (baseUrl is { Length: > 0 }) entry["base-url"] = baseUrl.TrimEnd('/');
        return entry;
    }

    /// <summary>An entry of an API that is made like OpenAI's.</summary>
    public static JsonObject Compatible(string name, string baseUrl, string? key)
    {
        var entry = new JsonObject { ["name"] = name, ["base-url"] = baseUrl.TrimEnd('/') };
        if (key is { Length: > 0 }) entry["api-key-entries"] = new JsonArray(new JsonObject { ["api-key"] = key });
        return entry;
    }
}
