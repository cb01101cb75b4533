using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>Reads the <c>models</c> of an entry: maps with <c>name</c> and <c>alias</c>, or bare names.</summary>
public sealed class ModelSettings
{
    private static readonly string[] EffortWords = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>The keys of a model that all providers read.</summary>
    private static readonly SettingField[] ModelFields =
    [
        new("name", SettingType.Text, "The upstream's own id of the model.") { IsRequired = true },
        new("alias", SettingType.Text, "The name that clients use; the upstream's own where it is absent."),
        new("display-name", SettingType.Text, "What people call the model."),
        new("force-mapping", SettingType.Flag, "Whether answers name the model as the client did, also where they pass unchanged otherwise.") { Default = "false" },
        new("context-window", SettingType.Integer, "The most tokens of a request and its answer.") { Min = 1, Aliases = ["max-context-length"] },
        new("max-output-tokens", SettingType.Integer, "The most tokens of an answer.") { Min = 1 },
        new("images", SettingType.Flag, "Whether it takes images."),
        new("input-modalities", SettingType.TextList, "What it takes: text, image."),
        new("tools", SettingType.Flag, "Whether it takes tools."),
        new("thinking", SettingType.Group, "How it is asked to think: by levels, or by a budget of tokens.")
        {
            Items =
            [
                new("levels", SettingType.TextList, $"The levels that it knows, of {string.Join(", ", EffortWords)}."),
                new("min", SettingType.Integer, "The least budget."), new("max", SettingType.Integer, "The greatest budget."),
                new("zero-allowed", SettingType.Flag, "Read for compatibility."), new("dynamic-allowed", SettingType.Flag, "Read for compatibility."),
            ],
        },
    ];

    private readonly bool _pools;
    private readonly Func<SettingsReader, string> _prefix;

    /// <summary>How a provider's models are read.</summary>
    /// <param name="pools">Whether an alias that several models have makes a pool of them.</param>
    /// <param name="more">Keys that models of this provider have besides.</param>
    /// <param name="prefix">Reads those keys and says what is put before the model's name, which is how the provider sees it; null for nothing.</param>
    public ModelSettings(bool pools = false, IReadOnlyList<SettingField>? more = null, Func<SettingsReader, string>? prefix = null)
    {
        _pools = pools;
        _prefix = prefix ?? (static _ => "");
        Field = new SettingField("models", SettingType.List, "The models it serves; none for all that the provider is known to serve.") { TakesBareItems = true, Foreign = UnsupportedSettings.Model, Items = [.. ModelFields, .. more ?? []] };
    }

    /// <summary>The setting, described.</summary>
    public SettingField Field { get; }

    /// <summary>The models of an entry, in their order.</summary>
    public IReadOnlyList<AccountModel> Read(SettingsReader entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var models = new List<AccountModel>();
        foreach (var (node, at) in entry.Items("models"))
        {
            var model = node is SettingScalar { IsNull: false } ? Bare(entry, node, at) : entry.SectionOf(node, at) is { } section ? Full(section) : null;
            if (model is null) continue;
            if (models.Contains(model, SameNames.Instance))
                entry.Problems.Warn(at, node.Line, node.Column, $"'{model.Alias}' stands in the list twice.", "Remove one of them.");
            else if (!_pools && models.Find(other => string.Equals(other.Alias, model.Alias, StringComparison.OrdinalIgnoreCase)) is { } twin)
                entry.Error(node, at, $"The alias '{model.Alias}' is already that of '{twin.Name}' in this entry.", "Give each model an alias of its own; to spread one alias over several models use several entries.");
            else
                models.Add(model);
        }

        return models;
    }

    private static AccountModel? Bare(SettingsReader entry, SettingNode node, string at)
    {
        if (entry.TextOf(node, at) is not { } name) return null;
        if (name.Length > 0) return new AccountModel(name, name);
        entry.Error(node, at, "The model's name is empty.", "Write a model's name or remove the line.");
        return null;
    }

    private AccountModel? Full(SettingsReader section)
    {
        var name = section.Text("name");
        var alias = section.Text("alias");
        var forcesName = section.GetBool("force-mapping");
        var facts = ReadFacts(section);
        var prefix = _prefix(section);
        section.Finish(UnsupportedSettings.Model);
        if (!string.IsNullOrEmpty(name)) return new AccountModel(prefix + name, string.IsNullOrEmpty(alias) ? name : alias) { Facts = facts, ForcesName = forcesName };
        section.ErrorAt("name", "The model needs a name.", "Add name: <the upstream's own id of the model>.");
        return null;
    }

    /// <summary>What the owner says of the model; null when nothing.</summary>
    private static ModelMetadata? ReadFacts(SettingsReader section)
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

    private static (ReasoningStyle Style, IReadOnlyList<string> Efforts) ReadThinking(SettingsReader section)
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
