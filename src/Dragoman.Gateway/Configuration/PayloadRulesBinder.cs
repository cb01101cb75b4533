using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Forwarding.Payload;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>payload</c>, CLIProxyAPI's rules for the bodies of requests (wire note cliproxyapi §2.5).</summary>
internal static class PayloadRulesBinder
{
    /// <summary>The words for protocols; another word is the channel of a provider.</summary>
    private static readonly Dictionary<string, Protocol> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = Protocol.OpenAiChat, ["responses"] = Protocol.OpenAiResponses, ["codex"] = Protocol.OpenAiResponses, ["gemini"] = Protocol.Gemini, ["claude"] = Protocol.AnthropicMessages,
    };

    /// <summary>The groups, in the order in which they are applied.</summary>
    private static readonly (string Key, PayloadAction Action, bool IsRaw)[] Groups =
    [
        ("default", PayloadAction.Default, false), ("default-raw", PayloadAction.Default, true), ("override", PayloadAction.Override, false), ("override-raw", PayloadAction.Override, true), ("filter", PayloadAction.Filter, false),
    ];

    public static PayloadRules Read(SettingsReader root)
    {
        if (root.Section("payload") is not { } section) return PayloadRules.None;
        var rules = new List<PayloadRule>();
        foreach (var (key, action, isRaw) in Groups)
            foreach (var entry in section.Sections(key))
                if (ReadRule(entry, action, isRaw) is { } rule) rules.Add(rule);
        section.Finish();
        return new PayloadRules { All = rules };
    }

    private static PayloadRule? ReadRule(SettingsReader entry, PayloadAction action, bool isRaw)
    {
        var matches = entry.Sections("models").Select(ReadMatch).ToList();
        var members = action == PayloadAction.Filter
            ? [.. entry.GetStrings("params").Select(item => (Path: PathOf(entry, item.Text, "params"), Value: (JsonNode?)null)).Where(static item => item.Path is not null).Select(static item => (item.Path!, item.Value))]
            : ReadMembers(entry, isRaw);
        entry.Finish();
        return matches.Count == 0 || members.Count == 0 ? null : new PayloadRule(action, matches, members);
    }

    private static List<(MemberPath Path, JsonNode? Value)> ReadMembers(SettingsReader entry, bool isRaw)
    {
        var members = new List<(MemberPath, JsonNode?)>();
        if (entry.Section("params") is not { } section) return members;
        foreach (var pair in section.Map.Pairs)
        {
            if (PathOf(section, pair.Key.Value, pair.Key.Value) is not { } path) continue;
            var value = ConfigValues.From(section.Node(pair.Key.Value)!);
            if (!isRaw)
            {
                members.Add((path, value));
                continue;
            }

            try
            {
                members.Add((path, value is JsonValue text ? JsonNode.Parse(text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : text.ToJsonString()) : value));
            }
            catch (JsonException)
            {
                section.WarnAt(pair.Key.Value, "This is not JSON; the member is left as it is.");
            }
        }

        return members;
    }

    private static PayloadMatch ReadMatch(SettingsReader section)
    {
        var match = new PayloadMatch
        {
            Name = section.Text("name") is { Length: > 0 } name ? name : "*",
            Client = section.Text("from-protocol") is { Length: > 0 } from ? Words.TryGetValue(from, out var client) ? client : Unknown(section, "from-protocol", from) : null,
            Equal = ReadPairs(section, "match"), NotEqual = ReadPairs(section, "not-match"),
            Exist = ReadPaths(section, "exist"), NotExist = ReadPaths(section, "not-exist"),
            Headers = ReadHeaders(section),
        };
        if (section.Text("protocol") is { Length: > 0 } word) match = Words.TryGetValue(word, out var upstream) ? match with { Upstream = upstream } : match with { Channel = word };
        section.Finish();
        return match;
    }

    private static List<(string Name, string Pattern)> ReadHeaders(SettingsReader section)
    {
        var headers = new List<(string, string)>();
        if (section.Section("headers") is not { } map) return headers;
        foreach (var pair in map.Map.Pairs)
            if (pair.Key.Value.Trim() is { Length: > 0 } name && map.Text(pair.Key.Value) is { } pattern) headers.Add((name, pattern.Length == 0 ? "*" : pattern));
        return headers;
    }

    private static Protocol? Unknown(SettingsReader section, string key, string word)
    {
        section.ErrorAt(key, $"'{word}' is no protocol of clients.", "Write openai, responses, gemini or claude.");
        return null;
    }

    private static List<(MemberPath, JsonNode?)> ReadPairs(SettingsReader section, string key)
    {
        var pairs = new List<(MemberPath, JsonNode?)>();
        foreach (var (item, _) in section.Items(key))
        {
            if (item is not SettingMap map) continue;
            foreach (var pair in map.Pairs)
                if (PathOf(section, pair.Key.Value, key) is { } path) pairs.Add((path, ConfigValues.From(pair.Value)));
        }

        return pairs;
    }

    private static IReadOnlyList<MemberPath> ReadPaths(SettingsReader section, string key) => [.. section.GetStrings(key).Select(item => PathOf(section, item.Text, key)).OfType<MemberPath>()];

    private static MemberPath? PathOf(SettingsReader section, string text, string key)
    {
        var path = MemberPath.Parse(text);
        if (path is null) section.WarnAt(key, $"'{text}' is no path of names, numbers and queries like #(type==\"x\") with dots between them. It is left out.");
        return path;
    }
}
