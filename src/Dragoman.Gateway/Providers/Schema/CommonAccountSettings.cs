using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>The keys that the accounts of all providers have in common.</summary>
public sealed class CommonAccountSettings
{
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
        { "host", "content-length", "transfer-encoding", "connection", "upgrade", "content-encoding", "te", "trailer", "keep-alive", "proxy-connection" };

    private static readonly SettingField Priority = new("priority", SettingType.Integer, "Accounts of higher priority are used up before lower ones are touched.") { Default = "0", Min = -1_000_000, Max = 1_000_000 };

    private static readonly SettingField Weight = new("weight", SettingType.Integer, "Its share among accounts of equal priority; 0 leaves it to be asked last.") { Default = "1", Min = 0, Max = 1_000_000 };

    private static readonly SettingField Concurrency = new("concurrency", SettingType.Integer, "How many requests it may serve at once; 0 for no limit.")
    { Default = "0", Min = 0, Max = 1_000_000, Aliases = ["max-concurrency"] };

    private static readonly SettingField Proxy = new("proxy-url", SettingType.Proxy, "The proxy to go through; direct for none; absent for the gateway's own setting.") { IsSecret = true };

    private const string ReserveFor = "reserve-for";

    private static readonly SettingField ReservePercent = new("reserve-percent", SettingType.Integer, "The share of each of its quota windows that is kept for the client keys in reserve-for; below it, requests of other keys go elsewhere. Absent leaves it to routing.limits.")
    { Min = 0, Max = 99 };

    private static readonly SettingField ReserveModels = new("reserve-models", SettingType.Map, "The share of the quota windows of single models that is kept, by the upstream's name of the model or a pattern with *; counts before reserve-percent.")
    { Value = new("model", SettingType.Integer, "The share, in per cent.") { Min = 0, Max = 99 } };

    private static readonly SettingField RequestsPerMinute = new("requests-per-minute", SettingType.Integer, "How many requests it may get in any minute; further ones go to other accounts, or wait; 0 for no limit of its own.")
    { Default = "0", Min = 0, Max = 1_000_000 };

    private static readonly SettingField Headers = new("headers", SettingType.TextMap, "Headers that every request gets.") { IsSecret = true };

    /// <summary>What every account has and the store keeps as fields: what people call it, and how it is shared.</summary>
    public static IReadOnlyList<SettingField> AccountFields { get; } =
    [
        new("name", SettingType.Text, "What people call the account; unique.") { Aliases = ["label"] },
        Priority, Weight, Concurrency,
        new("tags", SettingType.TextList, "Words to sort accounts by."),
        new("disabled", SettingType.Flag, "Whether the account is not used.") { Default = "false" },
    ];

    /// <summary>The keys that one of several API keys of an entry may have of its own, beside the key itself.</summary>
    public static IReadOnlyList<SettingField> KeyFields { get; } = [Proxy, Weight, Concurrency];

    private readonly int _priority;
    private readonly string? _prefix;
    private readonly string? _proxyUrl;
    private readonly Dictionary<string, string> _headers;
    private readonly IReadOnlyList<AccountModel> _models;
    private readonly IReadOnlyList<string> _excluded;
    private readonly IReadOnlyList<ErrorRule> _errorRules;
    private readonly bool _disabled;
    private readonly bool? _disableCooling;
    private readonly int? _requestRetry;
    private readonly int _weight;
    private readonly int? _concurrency;
    private readonly IReadOnlyList<string> _tags;
    private readonly QuotaReserve? _reserve;
    private readonly int? _requestsPerMinute;

    /// <summary>Reads them.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="models">How the models of the provider are read.</param>
    public CommonAccountSettings(SettingsReader entry, ModelSettings models)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(models);
        var (name, label) = (entry.Text("name"), entry.Text("label"));
        Name = name is { Length: > 0 } ? name : label is { Length: > 0 } ? label : null;
        _priority = entry.Integer(Priority.Name, 0, -1_000_000, 1_000_000);
        _prefix = ReadPrefix(entry);
        _proxyUrl = AddressSettings.Proxy(entry, Proxy.Name);
        _headers = ReadHeaders(entry);
        _models = models.Read(entry);
        _excluded = [.. entry.GetStrings("excluded-models").Select(item => item.Text.ToLowerInvariant()).Distinct()];
        _errorRules = ErrorRuleSettings.Read(entry, ErrorRuleSettings.Field.Name);
        _disabled = entry.GetBool("disabled");
        _disableCooling = entry.OptionalFlag("disable-cooling");
        // CLIProxyAPI: a negative number means "as the gateway".
        _requestRetry = entry.OptionalInteger("request-retry", -1, 100) is >= 0 and var rounds ? rounds : null;
        _weight = ReadWeight(entry) ?? 1;
        _concurrency = ReadConcurrency(entry);
        _reserve = ReadReserve(entry);
        _requestsPerMinute = entry.OptionalInteger(RequestsPerMinute.Name, 0, 1_000_000) is > 0 and var rate ? rate : null;
        _tags = [.. entry.GetStrings("tags").Select(item => item.Text).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary><c>name</c> (or <c>label</c>): what people call the entry; null when it has none.</summary>
    public string? Name { get; }

    /// <summary>The settings that every provider's accounts have.</summary>
    /// <param name="models">How the models of the provider are described.</param>
    public static IReadOnlyList<SettingField> SettingsWith(ModelSettings models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return
        [
            new("prefix", SettingType.Text, "A word that clients may put before the account's models, as prefix/model."),
            models.Field,
            new("excluded-models", SettingType.TextList, "Models that it must not be used for; * stands for any run of characters."),
            Proxy, Headers,
            new("request-retry", SettingType.Integer, "Its own number of further rounds after a failure; -1 for the gateway's own setting.") { Min = -1, Max = 100 },
            RequestsPerMinute, ReservePercent, ReserveModels,
            new(ReserveFor, SettingType.TextList, "The names or ids of the client keys that reserve-percent is kept for; without any nobody uses it."),
            new("disable-cooling", SettingType.Flag, "Whether the account and its models never cool down."),
            ErrorRuleSettings.Field,
        ];
    }

    /// <summary>An account with these keys.</summary>
    public Account Apply(Account account) => (account ?? throw new ArgumentNullException(nameof(account))) with
    {
        Headers = _headers,
        ProxyUrl = _proxyUrl,
        Priority = _priority,
        Weight = _weight,
        Concurrency = _concurrency,
        Tags = _tags,
        Reserve = _reserve,
        RequestsPerMinute = _requestsPerMinute,
        Prefix = _prefix,
        Models = _models,
        ExcludedModels = _excluded,
        ErrorRules = _errorRules,
        Enabled = !_disabled,
        DisableCooling = _disableCooling,
        RequestRetry = _requestRetry,
    };

    /// <summary>An account with these keys and the key of one item of <c>api-key-entries</c>, which may have a proxy, weight and concurrency of its own.</summary>
    public Account Apply(Account account, Credential credential, SettingsReader item) => Apply(account) with
    {
        Credential = credential,
        ProxyUrl = AddressSettings.Proxy(item, Proxy.Name) ?? _proxyUrl,
        Weight = ReadWeight(item) ?? _weight,
        Concurrency = ReadConcurrency(item) ?? _concurrency,
    };

    private static QuotaReserve? ReadReserve(SettingsReader entry)
    {
        var percent = entry.OptionalInteger(ReservePercent.Name, 0, 99);
        var models = new List<(string, double)>();
        if (entry.Section(ReserveModels.Name) is { } section)
            foreach (var pair in section.Map.Pairs)
                if (section.OptionalInteger(pair.Key.Value, 0, 99) is { } share) models.Add((pair.Key.Value, share / 100.0));
        var keys = entry.GetStrings(ReserveFor).Select(item => item.Text).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return percent is null && models.Count == 0 ? null : new QuotaReserve(percent / 100.0, keys) { Models = models };
    }

    /// <summary>CLIProxyAPI: what is not above zero takes no part in the sharing.</summary>
    private static int? ReadWeight(SettingsReader section) => section.OptionalInteger(Weight.Name, -1_000_000, 1_000_000) is { } weight ? Math.Max(0, weight) : null;

    private static int? ReadConcurrency(SettingsReader section)
    {
        var (plain, most) = (section.OptionalInteger(Concurrency.Name, 0, 1_000_000), section.OptionalInteger("max-concurrency", 0, 1_000_000));
        return (plain ?? most) is > 0 and var limit ? limit : null;
    }

    private static string? ReadPrefix(SettingsReader entry)
    {
        var text = entry.Text("prefix")?.Trim('/');
        if (string.IsNullOrEmpty(text)) return null;
        if (!text.Contains('/', StringComparison.Ordinal)) return text;
        entry.ErrorAt("prefix", $"'{text}' contains a slash.", "Write one word; clients then ask for <prefix>/<model>.");
        return null;
    }

    private static Dictionary<string, string> ReadHeaders(SettingsReader entry)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (entry.Section(Headers.Name) is not { } section) return result;
        foreach (var pair in section.Map.Pairs)
        {
            var name = pair.Key.Value.Trim();
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter)))
            {
                section.Error(pair.Key, section.PathOf(name), "This is not the name of a header.", "Use letters, digits and '-'.");
                continue;
            }

            if (OwnHeaders.Contains(name))
            {
                section.Error(pair.Key, section.PathOf(name), "This header belongs to the connection and cannot be set.", "Remove it.");
                continue;
            }

            if (section.Text(name == pair.Key.Value ? name : pair.Key.Value) is not { } value) continue;
            if (value.Any(letter => letter is < ' ' and not '\t' or (char)127))
                section.ErrorAt(pair.Key.Value, "A header's value must be one line without control characters.", "Write it on one line.");
            else if (value.StartsWith('$') && value.Length > 1)
                section.WarnAt(pair.Key.Value, "Not supported: copying a header of the client is not built yet. The header is left out.");
            else result[name] = value;
        }

        return result;
    }
}
