using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads the <c>models</c> of an entry: maps with <c>name</c> and <c>alias</c>, or bare names.</summary>
internal static class ModelConfigBinder
{
    private static readonly string[] EffortWords = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>The models, in their order.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="pools">Whether several models may share an alias.</param>
    public static IReadOnlyList<AccountModel> Read(ConfigSection entry, bool pools)
    {
        var models = new List<AccountModel>();
        foreach (var (node, at) in entry.Items("models"))
        {
            var model = node is YamlScalar { IsNull: false } ? Bare(entry, node, at) : entry.SectionOf(node, at) is { } section ? Full(section) : null;
            if (model is null) continue;
            if (models.Contains(model, SameNames.Instance))
                entry.Problems.Warn(at, node.Line, node.Column, $"'{model.Alias}' stands in the list twice.", "Remove one of them.");
            else if (!pools && models.Find(other => string.Equals(other.Alias, model.Alias, StringComparison.OrdinalIgnoreCase)) is { } twin)
                entry.Error(node, at, $"The alias '{model.Alias}' is already that of '{twin.Name}' in this entry.", "Give each model an alias of its own; to spread one alias over several models use several entries.");
            else
                models.Add(model);
        }

        return models;
    }

    private static AccountModel? Bare(ConfigSection entry, YamlNode node, string at)
    {
        if (entry.TextOf(node, at) is not { } name) return null;
        if (name.Length > 0) return new AccountModel(name, name);
        entry.Error(node, at, "The model's name is empty.", "Write a model's name or remove the line.");
        return null;
    }

    private static AccountModel? Full(ConfigSection section)
    {
        var name = section.Text("name");
        var alias = section.Text("alias");
        var facts = ReadFacts(section);
        // Bedrock speaks two protocols; its provider knows which by the beginning of the name.
        var forced = section.GetEnum("wire-api", "", ("auto", ""), ("converse", "converse/"), ("invoke", "invoke/"), ("anthropic", "invoke/"));
        section.Finish(UnsupportedSettings.Model);
        if (!string.IsNullOrEmpty(name)) return new AccountModel(forced + name, string.IsNullOrEmpty(alias) ? name : alias) { Facts = facts };
        section.ErrorAt("name", "The model needs a name.", "Add name: <the upstream's own id of the model>.");
        return null;
    }

    /// <summary>What the owner says of the model; null when nothing.</summary>
    private static ModelMetadata? ReadFacts(ConfigSection section)
    {
        var display = section.Text("display-name");
        var context = section.OptionalInteger("max-context-length", 1, int.MaxValue) ?? section.OptionalInteger("context-window", 1, int.MaxValue);
        var output = section.OptionalInteger("max-output-tokens", 1, int.MaxValue);
        var inputs = section.GetStrings("input-modalities").Select(item => item.Text.ToLowerInvariant()).ToList();
        var images = section.OptionalFlag("images") ?? (inputs.Count > 0 ? inputs.Contains("image") : null);
        var tools = section.OptionalFlag("tools");
        var (style, efforts) = ReadThinking(section);
        if (string.IsNullOrEmpty(display) && context is null && output is null && images is null && tools is null && style == ReasoningStyle.Unknown) return null;
        return new ModelMetadata
        {
            DisplayName = string.IsNullOrEmpty(display) ? null : display, ContextWindow = context, MaxOutputTokens = output, Images = images, Tools = tools,
            Reasoning = style, Efforts = efforts,
        };
    }

    private static (ReasoningStyle Style, IReadOnlyList<string> Efforts) ReadThinking(ConfigSection section)
    {
        if (section.Section("thinking") is not { } thinking) return (ReasoningStyle.Unknown, []);
        var levels = new List<string>();
        foreach (var (word, node, at) in thinking.GetStrings("levels"))
        {
            if (EffortWords.Contains(word, StringComparer.OrdinalIgnoreCase)) levels.Add(word.ToLowerInvariant());
            else if (!word.Equals("auto", StringComparison.OrdinalIgnoreCase)) thinking.Error(node, at, $"'{word}' is not one of {string.Join(", ", EffortWords)}.", "Use the words in this list.");
        }

        var min = thinking.OptionalInteger("min", -1, int.MaxValue);
        var max = thinking.OptionalInteger("max", 0, int.MaxValue);
        thinking.GetBool("zero-allowed");
        thinking.GetBool("dynamic-allowed");
        if (min > max) thinking.ErrorAt("min", "The least budget is above the greatest.", "Swap min and max.");
        thinking.Finish();
        if (levels.Count > 0) return (ReasoningStyle.Effort, [.. levels.Distinct().OrderBy(level => Array.IndexOf(EffortWords, level))]);
        return max > 0 ? (ReasoningStyle.Budget, []) : (ReasoningStyle.None, []);
    }

    private sealed class SameNames : IEqualityComparer<AccountModel>
    {
        public static SameNames Instance { get; } = new();

        public bool Equals(AccountModel? one, AccountModel? other)
            => string.Equals(one?.Name, other?.Name, StringComparison.Ordinal) && string.Equals(one?.Alias, other?.Alias, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(AccountModel model) => StringComparer.OrdinalIgnoreCase.GetHashCode(model.Alias);
    }
}
