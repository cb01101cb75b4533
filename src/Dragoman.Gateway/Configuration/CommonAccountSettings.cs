using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Configuration;

/// <summary>The keys that entries of all credential lists have in common.</summary>
internal sealed class CommonAccountSettings
{
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
        { "host", "content-length", "transfer-encoding", "connection", "upgrade", "content-encoding", "te", "trailer", "keep-alive", "proxy-connection" };

    private readonly int _priority;
    private readonly string? _prefix;
    private readonly string? _proxyUrl;
    private readonly Dictionary<string, string> _headers;
    private readonly IReadOnlyList<AccountModel> _models;
    private readonly IReadOnlyList<string> _excluded;
    private readonly bool _disabled;
    private readonly bool? _disableCooling;
    private readonly int? _requestRetry;
    private readonly int _weight;
    private readonly int? _concurrency;
    private readonly IReadOnlyList<string> _tags;

    /// <summary>Reads them.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="pools">Whether an alias given to several models makes a pool of them.</param>
    public CommonAccountSettings(ConfigSection entry, bool pools)
    {
        var (name, label) = (entry.Text("name"), entry.Text("label"));
        Name = name is { Length: > 0 } ? name : label is { Length: > 0 } ? label : null;
        _priority = entry.Integer("priority", 0, -1_000_000, 1_000_000);
        _prefix = ReadPrefix(entry);
        _proxyUrl = UrlConfigBinder.Proxy(entry, "proxy-url");
        _headers = ReadHeaders(entry);
        _models = ModelConfigBinder.Read(entry, pools);
        _excluded = [.. entry.GetStrings("excluded-models").Select(item => item.Text.ToLowerInvariant()).Distinct()];
        _disabled = entry.GetBool("disabled");
        _disableCooling = entry.OptionalFlag("disable-cooling");
        // CLIProxyAPI: a negative number means "as the gateway".
        _requestRetry = entry.OptionalInteger("request-retry", -1, 100) is >= 0 and var rounds ? rounds : null;
        _weight = ReadWeight(entry) ?? 1;
        _concurrency = ReadConcurrency(entry);
        _tags = [.. entry.GetStrings("tags").Select(item => item.Text).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary><c>name</c> (or <c>label</c>): what people call the entry; null when it has none.</summary>
    public string? Name { get; }

    /// <summary>An account with these keys.</summary>
    public Account Apply(Account account) => account with
    {
        Headers = _headers, ProxyUrl = _proxyUrl, Priority = _priority, Weight = _weight, Concurrency = _concurrency, Tags = _tags, Prefix = _prefix,
        Models = _models, ExcludedModels = _excluded, Enabled = !_disabled, DisableCooling = _disableCooling, RequestRetry = _requestRetry,
    };

    /// <summary>An account with these keys and the key of one item of <c>api-key-entries</c>, which may have a proxy, weight and concurrency of its own.</summary>
    public Account Apply(Account account, Credential credential, ConfigSection item) => Apply(account) with
    {
        Credential = credential, ProxyUrl = UrlConfigBinder.Proxy(item, "proxy-url") ?? _proxyUrl, Weight = ReadWeight(item) ?? _weight,
        Concurrency = ReadConcurrency(item) ?? _concurrency,
    };

    /// <summary>CLIProxyAPI: what is not above zero takes no part in the sharing.</summary>
    private static int? ReadWeight(ConfigSection section) => section.OptionalInteger("weight", -1_000_000, 1_000_000) is { } weight ? Math.Max(0, weight) : null;

    private static int? ReadConcurrency(ConfigSection section)
    {
        var (plain, most) = (section.OptionalInteger("concurrency", 0, 1_000_000), section.OptionalInteger("max-concurrency", 0, 1_000_000));
        return (plain ?? most) is > 0 and var limit ? limit : null;
    }

    private static string? ReadPrefix(ConfigSection entry)
    {
        var text = entry.Text("prefix")?.Trim('/');
        if (string.IsNullOrEmpty(text)) return null;
        if (!text.Contains('/', StringComparison.Ordinal)) return text;
        entry.ErrorAt("prefix", $"'{text}' contains a slash.", "Write one word; clients then ask for <prefix>/<model>.");
        return null;
    }

    private static Dictionary<string, string> ReadHeaders(ConfigSection entry)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (entry.Section("headers") is not { } section) return result;
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
