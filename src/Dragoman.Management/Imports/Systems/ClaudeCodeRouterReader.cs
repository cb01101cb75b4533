using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dragoman.Management.Imports.Systems;

/// <summary>claude-code-router: <c>config.json</c> with its <c>Providers</c> and <c>Router</c> (musistudio/claude-code-router, README).</summary>
internal sealed partial class ClaudeCodeRouterReader : ISystemReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>What the router's roles are for, and how they are had here.</summary>
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["default"] = "Point Claude Code at it: dragoman connect claude --model {0}",
        ["background"] = "Point Claude Code at it: dragoman connect claude --small-model {0}",
        ["think"] = "Claude Code asks the same model to think; 'opusplan' and ANTHROPIC_DEFAULT_OPUS_MODEL={0} come nearest.",
        ["longContext"] = "Ask for {0} by its name where a conversation is long; the gateway does not change a conversation's model by its length.",
        ["longContextThreshold"] = "The gateway does not change a conversation's model by its length.",
        ["webSearch"] = "Ask for {0} by its name.",
        ["image"] = "Ask for {0} by its name.",
    };

    /// <inheritdoc/>
    public ImportableSystem System { get; } = new("claude-code-router", "claude-code-router", ["config.json"], "~/.claude-code-router");

    /// <inheritdoc/>
    public void Read(IReadOnlyList<ImportFile> files, ImportDraft draft)
    {
        var file = files.FirstOrDefault(static one => one.Text.Contains("\"Providers\"", StringComparison.Ordinal) || one.Text.Contains("\"providers\"", StringComparison.Ordinal)) ?? throw new FormatException("There is no config.json with Providers in it.");
        JsonObject config;
        try
        {
            config = JsonNode.Parse(file.Text, documentOptions: Lenient) as JsonObject ?? throw new FormatException($"{file.Name} is no JSON object.");
        }
        catch (JsonException ex)
        {
            throw new FormatException($"{file.Name} is not valid JSON: line {ex.LineNumber + 1}.", ex);
        }

        var entries = new KeyEntries();
        var providers = (config["Providers"] ?? config["providers"]) as JsonArray ?? [];
        for (var index = 0; index < providers.Count; index++)
            if (providers[index] is JsonObject provider) ReadProvider($"Providers[{index}]", provider, entries, draft);
        entries.AddTo(draft);
        foreach (var (key, value) in config)
            if (key is not ("Providers" or "providers") && value is not null) ReadSetting(key, value, draft);
    }

    private static void ReadProvider(string source, JsonObject provider, KeyEntries entries, ImportDraft draft)
    {
        var (name, address, key) = (Text(provider["name"]), Text(provider["api_base_url"] ?? provider["baseUrl"]), Text(provider["api_key"] ?? provider["apiKey"]));
        if (address is null)
        {
            draft.Leave(source, "The provider has no address (api_base_url).");
            return;
        }

        var models = (provider["models"] as JsonArray ?? []).Select(Text).OfType<string>().ToList();
        foreach (var model in models.DefaultIfEmpty(null))
        {
            if (address.Contains("generativelanguage.googleapis.com", StringComparison.Ordinal)) entries.Add(source, "gemini-api-key", KeyEntries.Vendor(key, null), model, model);
            else if (Messages().IsMatch(address)) entries.Add(source, "claude-api-key", KeyEntries.Vendor(key, Messages().Replace(address, "")), model, model);
            else entries.Add(source, "openai-compatibility", KeyEntries.Compatible(name ?? new Uri(address).Host, Completions().Replace(address, ""), key), model, model);
        }

        if (provider["transformer"] is not null) draft.Leave($"{source}.transformer", "The gateway translates between the protocols by itself, and knows what each upstream refuses.");
    }

    private static void ReadSetting(string key, JsonNode value, ImportDraft draft)
    {
        switch (key)
        {
            case "Router" when value is JsonObject router:
                foreach (var (role, target) in router)
                {
                    var model = Text(target) is { } text && text.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma ? text[(comma + 1)..] : Text(target);
                    draft.Leave($"Router.{role}", Roles.TryGetValue(role, out var words) ? string.Format(global::System.Globalization.CultureInfo.InvariantCulture, words, model) : "The gateway has no such rule.");
                }

                break;
            case "APIKEY" when Text(value) is { } client:
                draft.Add(key, "api-keys", JsonValue.Create(client));
                break;
            case "HOST" when Text(value) is { } host:
                draft.Set(key, "host", JsonValue.Create(host));
                break;
            case "PORT":
                draft.Set(key, "port", value.DeepClone());
                break;
            case "PROXY_URL" when Text(value) is { } proxy:
                draft.Set(key, "proxy-url", JsonValue.Create(proxy));
                break;
            case "CUSTOM_ROUTER_PATH":
                draft.Leave(key, "Programs of one's own do not choose the model here; routing.routes and aliases do.");
                break;
            default:
                draft.Leave(key, "The gateway has nothing of this name.");
                break;
        }
    }

    /// <summary>A text; one that names a variable (<c>$NAME</c>) does so in the gateway's way.</summary>
    private static string? Text(JsonNode? node)
    {
        var text = node is JsonValue value ? value.ToString() : null;
        if (text is null or "") return null;
        return Variable().Match(text) is { Success: true } match ? $"${{{match.Groups["name"].Value}}}" : text;
    }

    [GeneratedRegex(@"^\$(?:(?<name>[A-Z_][A-Z0-9_]*)|\{(?<name>[A-Z_][A-Z0-9_]*)\})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Variable();

    [GeneratedRegex("(/v1)?/messages/?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Messages();

    [GeneratedRegex("/chat/completions/?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Completions();
}
