using System.Globalization;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>Reads the rows of the table of plans, those that ship and those of the owner alike.</summary>
internal static class OfferReading
{
    /// <summary>The protocols that a plan may be served by, as settings call them.</summary>
    public static readonly (string Word, Protocol Protocol)[] Protocols = [("chat", Protocol.OpenAiChat), ("messages", Protocol.AnthropicMessages), ("responses", Protocol.OpenAiResponses)];

    private static readonly (string Word, ThirdPartyPosition Position)[] Positions =
        [("allowed", ThirdPartyPosition.Allowed), ("tolerated", ThirdPartyPosition.Tolerated), ("forbidden", ThirdPartyPosition.Forbidden), ("ended", ThirdPartyPosition.Ended)];

    private static readonly SettingField[] RuleFields =
    [
        new("name", SettingType.Text, "What the window is called (5h, 7d); {path} stands for a member of the item."),
        new("at", SettingType.Text, "Where the item or the list of items is, with dots between names; | between several places."),
        new("where", SettingType.TextMap, "Members that an item must have, with the words that they may be."),
        new("unless", SettingType.TextMap, "Members that an item must not have with these words."),
        new("limit", SettingType.Text, "Where the whole is."),
        new("used", SettingType.Text, "Where it is said what is used."),
        new("remaining", SettingType.Text, "Where it is said what is left."),
        new("used-percent", SettingType.Text, "Where the used share is, in percent."),
        new("remaining-percent", SettingType.Text, "Where the share that is left is, in percent."),
        new("resets", SettingType.Text, "Where it is said when the window begins anew."),
        new("length", SettingType.Text, "Where the window's length is, for a name made of it."),
        new("length-unit", SettingType.Text, "Where the unit of the length is."),
    ];

    /// <summary>The keys of a row.</summary>
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("id", SettingType.Text, "The id that accounts name as their plan.") { IsRequired = true },
        new("name", SettingType.Text, "What people call it; the id where it is absent."),
        new("host", SettingType.Address, "The scheme and host of all of its addresses.") { IsRequired = true },
        new("chat", SettingType.Text, "The path before /chat/completions, where it speaks Chat Completions."),
        new("messages", SettingType.Text, "The path before /v1/messages, where it speaks Anthropic's Messages."),
        new("responses", SettingType.Text, "The path before /responses, where it speaks Responses."),
        new("lists-models", SettingType.TextList, "The protocols by which it tells its models: chat, messages, responses."),
        new("vendor", SettingType.Text, "Whose models it serves, as the catalog names the vendor; absent for models of several."),
        new("keys-page", SettingType.Text, "Where keys are made."),
        new("position", SettingType.Choice, "What the vendor says about programs of others.") { Choices = [.. Positions.Select(item => item.Word)] },
        new("statement", SettingType.Text, "The vendor's position in a sentence."),
        new("as-of", SettingType.Text, "The day on which that was read, like 2026-11-30."),
        new("quota-signs", SettingType.TextList, "Codes, types and words of refusals that say that the plan is used up."),
        new("model-signs", SettingType.TextList, "Codes, types and words of refusals that say that the plan does not have the model."),
        new("usage", SettingType.Group, "The page that tells what is left, if the key can read one.")
        {
            Items =
            [
                new("path", SettingType.Text, "Its path behind the host.") { IsRequired = true },
                new("plan", SettingType.Text, "Where the plan's name is."),
                new("success", SettingType.TextMap, "Members that say by their value whether the answer is a success."),
                new("message", SettingType.Text, "Where a refusal's words are."),
                new("windows", SettingType.List, "How the windows are read.") { Items = RuleFields },
                new("facts", SettingType.List, "Limits of other things than requests to models, which are shown and decide nothing.") { Items = RuleFields },
            ],
        },
    ];

    /// <summary>Reads a row; null where it cannot be used (reported).</summary>
    public static CodingPlanOffer? Read(SettingsReader row)
    {
        var id = row.Text("id");
        if (string.IsNullOrEmpty(id)) row.ErrorAt("id", "The plan needs an id.", "Add id: <the word that accounts name as their plan>.");
        var name = row.Text("name");
        var host = AddressSettings.Base(row, "host");
        if (host is null && row.Node("host") is null) row.ErrorAt("host", "The plan needs an address.", "Add host: with the scheme, like https://api.example.com");
        var paths = new List<KeyValuePair<Protocol, string>>();
        foreach (var (word, protocol) in Protocols)
            if (PathOf(row, word) is { } path) paths.Add(new(protocol, path));
        if (paths.Count == 0 && !Protocols.Any(item => row.Has(item.Word))) row.ErrorAt("chat", "The plan speaks no protocol.", "Add chat:, messages: or responses: with the path behind the host.");
        var lists = new List<Protocol>();
        foreach (var (word, node, at) in row.GetStrings("lists-models"))
        {
            if (Array.Find(Protocols, item => item.Word == word) is { Word: not null } known && paths.Exists(item => item.Key == known.Protocol)) lists.Add(known.Protocol);
            else row.Error(node, at, $"'{word}' is no protocol of the plan.", "Write chat, messages or responses, as the plan has paths for.");
        }

        var usage = row.Section("usage");
        var offer = new CodingPlanOffer(id ?? "", name is { Length: > 0 } ? name : id ?? "", host ?? "", paths)
        {
            Lists = lists,
            Vendor = row.Text("vendor") is { Length: > 0 } vendor ? vendor : null,
            KeysPage = row.Text("keys-page") is { Length: > 0 } keys ? keys : null,
            ThirdPartyUse = ReadPosition(row),
            QuotaSigns = [.. row.GetStrings("quota-signs").Select(item => item.Text)],
            ModelSigns = [.. row.GetStrings("model-signs").Select(item => item.Text)],
            UsagePath = usage is null ? null : ReadUsagePath(usage),
            Usage = usage is null ? new UsageMap() : ReadUsage(usage),
        };
        usage?.Finish();
        row.Finish();
        return string.IsNullOrEmpty(id) || host is null || paths.Count == 0 ? null : offer;
    }

    /// <summary>A path behind the host, without a slash at the end; empty for none between host and operation, null where there is no such key.</summary>
    private static string? PathOf(SettingsReader row, string key)
    {
        if (!row.Has(key)) return null;
        var path = (row.Text(key) ?? "").TrimEnd('/');
        if (path.Length == 0 || (path[0] == '/' && Uri.IsWellFormedUriString(path, UriKind.Relative) && !path.Contains('?', StringComparison.Ordinal))) return path;
        row.ErrorAt(key, $"'{path}' is not a path.", "Begin it with a slash, like /v1, and leave out the host.");
        return null;
    }

    private static string? ReadUsagePath(SettingsReader usage)
    {
        if (PathOf(usage, "path") is { Length: > 0 } path) return path;
        if (usage.Node("path") is null) usage.ErrorAt("path", "The usage page needs a path.", "Add path: with the path behind the host.");
        return null;
    }

    private static UsageMap ReadUsage(SettingsReader usage) => new()
    {
        Plan = Place(usage, "plan"),
        Success = Words(usage, "success"),
        Message = Place(usage, "message"),
        Windows = [.. usage.Sections("windows").Select(ReadRule)],
        Facts = [.. usage.Sections("facts").Select(ReadRule)],
    };

    private static UsageRule ReadRule(SettingsReader rule)
    {
        var read = new UsageRule
        {
            Name = Place(rule, "name"), At = Place(rule, "at") ?? "", Where = Words(rule, "where"), Unless = Words(rule, "unless"), Limit = Place(rule, "limit"), Used = Place(rule, "used"), Remaining = Place(rule, "remaining"),
            UsedPercent = Place(rule, "used-percent"), RemainingPercent = Place(rule, "remaining-percent"), Resets = Place(rule, "resets"), Length = Place(rule, "length"), LengthUnit = Place(rule, "length-unit"),
        };
        if (read is { Limit: null, UsedPercent: null, RemainingPercent: null }) rule.ErrorAt("limit", "Nothing says how much there is.", "Name limit with used or remaining, or used-percent, or remaining-percent.");
        if (read is { Name: null, Length: null }) rule.ErrorAt("name", "The window has no name.", "Add name: 5h, or say with length where its length is.");
        rule.Finish();
        return read;
    }

    private static string? Place(SettingsReader section, string key) => section.Text(key) is { Length: > 0 } text ? text : null;

    private static Dictionary<string, string> Words(SettingsReader section, string key)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        if (section.Section(key) is not { } map) return words;
        foreach (var pair in map.Map.Pairs)
            if (map.Text(pair.Key.Value) is { } text) words[pair.Key.Value] = text;
        return words;
    }

    private static ThirdPartyUse? ReadPosition(SettingsReader row)
    {
        var position = row.GetEnum<ThirdPartyPosition?>("position", null, [.. Positions.Select(item => (item.Word, (ThirdPartyPosition?)item.Position))]);
        var (statement, day) = (row.Text("statement"), row.Text("as-of"));
        var isDay = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asOf);
        if (!string.IsNullOrEmpty(day) && !isDay) row.ErrorAt("as-of", $"'{day}' is not a day.", "Write it like 2026-11-30.");
        if (position is null) return null;
        if (string.IsNullOrEmpty(statement) || !isDay) row.ErrorAt("position", "A position needs a statement and the day on which it was read.", "Add statement: and as-of:.");
        return new ThirdPartyUse(position.Value, statement ?? "", asOf);
    }
}
