using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Turns an account of the store into one that can be used, through the same readers as the entries of the configuration file: its fields,
/// settings and opened secret are put together as one entry of its provider's list. Texts stand for themselves; nothing is looked up in the environment.
/// </summary>
internal static class StoredAccountBinder
{
    /// <summary>What is said of an account as fields or as its credential, and so must not stand among its settings.</summary>
    public static readonly string[] NotSettings =
    [
        "name", "label", "priority", "weight", "concurrency", "max-concurrency", "tags", "disabled",
        "api-key", "api-keys", "api-key-entries", "access-key-id", "secret-access-key", "session-token", "profile",
    ];

    /// <summary>Settings that may hold a secret (a token in a header, a proxy's password): they are kept with the credential, wrapped.</summary>
    public static readonly string[] SecretSettings = ["headers", "proxy-url"];

    private static readonly Dictionary<string, string> Lists = new(StringComparer.Ordinal)
    {
        ["claude"] = "claude-api-key", ["codex"] = "codex-api-key", ["gemini"] = "gemini-api-key", ["bedrock"] = "bedrock", ["openai"] = "openai-compatibility",
    };

    /// <summary>The providers an account may have.</summary>
    public static IReadOnlyCollection<string> Providers => Lists.Keys;

    /// <summary>Reads an account.</summary>
    /// <param name="stored">Its fields and settings.</param>
    /// <param name="secret">Its opened secret: a JSON object of the entry's secret keys; empty for none.</param>
    /// <returns>The account, or null where there is an error; and all that was found, each problem with the key it is at.</returns>
    public static (Account? Account, IReadOnlyList<ConfigDiagnostic> Problems) Read(StoredAccount stored, ReadOnlyMemory<byte> secret)
    {
        if (!Lists.TryGetValue(stored.Provider, out var list))
            return (null, [Problem("provider", $"There is no provider '{stored.Provider}'.", $"Use one of {string.Join(", ", Lists.Keys)}.")]);
        if (!TryParse(stored.Settings, out var settings)) return (null, [Problem("settings", "The settings are not a JSON object.", "Write them again.")]);
        if (!TryParse(secret.IsEmpty ? "{}"u8.ToArray() : secret, out var opened)) return (null, [Problem("credential", "The credential is not a JSON object.", "Enter it again.")]);
        var log = new DiagnosticBag("");
        var entry = JsonTree.Map([.. Pairs(settings), .. Pairs(opened), .. Fields(stored)]);
        var root = JsonTree.Map([(list, new YamlList([entry], 0, 0))]);
        var read = new AccountConfigBinder(new ConfigSection(root, "", log, environment: null), Environment.GetEnvironmentVariable).Read();
        var problems = log.InOrder().Select(problem => problem with { Path = Short(problem.Path, list) }).ToList();
        if (log.HasErrors || read.Count == 0) return (null, problems);
        return (read[0] with { Id = stored.Id, Label = stored.Label, Origin = AccountOrigin.Store }, problems);
    }

    /// <summary>An id that stays the same as long as provider, address, credential and prefix do.</summary>
    public static string StableId(Account account) => CredentialConfigBinder.StableId(account.Provider, account.BaseUrl, account.Credential, account.Prefix);

    private static IEnumerable<(string, YamlNode)> Fields(StoredAccount stored)
    {
        yield return ("name", JsonTree.Text(stored.Label));
        yield return ("priority", JsonTree.Text(stored.Priority.ToString(CultureInfo.InvariantCulture)));
        yield return ("weight", JsonTree.Text(stored.Weight.ToString(CultureInfo.InvariantCulture)));
        yield return ("disabled", JsonTree.Text(stored.Enabled ? "false" : "true"));
        yield return ("tags", new YamlList([.. stored.Tags.Select(JsonTree.Text)], 0, 0));
        if (stored.Concurrency is { } limit) yield return ("concurrency", JsonTree.Text(limit.ToString(CultureInfo.InvariantCulture)));
    }

    private static IEnumerable<(string, YamlNode)> Pairs(JsonElement map) => map.EnumerateObject().Select(pair => (pair.Name, JsonTree.From(pair.Value)));

    private static bool TryParse(string json, out JsonElement value) => TryParse(System.Text.Encoding.UTF8.GetBytes(json), out value);

    private static bool TryParse(ReadOnlyMemory<byte> json, out JsonElement value)
    {
        value = default;
        try
        {
            using var document = JsonDocument.Parse(json);
            value = document.RootElement.Clone();
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The list an account was put in for reading is not its owner's business.</summary>
    private static string Short(string path, string list) => path.StartsWith($"{list}[0]", StringComparison.Ordinal) ? path[(list.Length + 3)..].TrimStart('.') : path;

    private static ConfigDiagnostic Problem(string path, string message, string remedy) => new(DiagnosticSeverity.Error, path, 0, 0, message, remedy);
}
