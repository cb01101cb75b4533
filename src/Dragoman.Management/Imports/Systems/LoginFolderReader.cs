using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Management.Imports.Systems;

/// <summary>A system whose data are logins in JSON files, and settings of which each has a counterpart or a reason why not.</summary>
/// <param name="system">The system.</param>
/// <param name="settings">Its settings, by name: what becomes of a value.</param>
internal sealed class LoginFolderReader(ImportableSystem system, IReadOnlyDictionary<string, LoginFolderReader.Setting> settings) : ISystemReader
{
    /// <summary>What becomes of a setting.</summary>
    /// <param name="Path">The key here; null for none.</param>
    /// <param name="Words">Why there is none, or how it differs; null where it is the same.</param>
    /// <param name="Values">The values here, by theirs; null where they are the same.</param>
    internal sealed record Setting(string? Path, string? Words = null, IReadOnlyDictionary<string, string>? Values = null);

    /// <inheritdoc/>
    public ImportableSystem System => system;

    /// <inheritdoc/>
    public void Read(IReadOnlyList<ImportFile> files, ImportDraft draft)
    {
        var any = false;
        foreach (var file in files.Where(static file => file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
        {
            if (Parse(file) is not { } content) continue;
            any = true;
            if (content is JsonObject members && members.Any(pair => settings.ContainsKey(pair.Key))) ReadSettings(file.Name, members, draft);
            if (content is not JsonObject known || known.Any(pair => !settings.ContainsKey(pair.Key))) draft.AddLogin(file);
        }

        if (!any) throw new FormatException($"There is no JSON file of {system.Title} in it.");
    }

    private void ReadSettings(string file, JsonObject members, ImportDraft draft)
    {
        foreach (var (name, value) in members)
        {
            if (value is null || !settings.TryGetValue(name, out var setting)) continue;
            var source = $"{file}: {name}";
            if (setting.Path is not { } path)
            {
                draft.Leave(source, setting.Words!);
                continue;
            }

            if (setting.Values is not { } values) draft.Set(source, path, value.DeepClone(), setting.Words);
            else if (value.GetValueKind() == JsonValueKind.String && values.TryGetValue(value.GetValue<string>(), out var own)) draft.Set(source, path, JsonValue.Create(own), setting.Words);
            else draft.Leave(source, $"The gateway has nothing for {value.ToJsonString()}.");
        }
    }

    private static JsonNode? Parse(ImportFile file)
    {
        try
        {
            return JsonNode.Parse(file.Text);
        }
        catch (JsonException ex)
        {
            throw new FormatException($"{file.Name} is not valid JSON: line {ex.LineNumber + 1}.", ex);
        }
    }
}
