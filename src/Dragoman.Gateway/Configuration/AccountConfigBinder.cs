using Dragoman.Gateway.Accounts;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Reads the lists of upstream credentials: one account for each key. Where an entry names no <c>base-url</c>, the provider's own is
/// taken; what the paths are appended to is, for every provider:
/// <list type="table">
/// <item><term>openai, codex</term><description>with the version, <c>https://api.openai.com/v1</c></description></item>
/// <item><term>claude</term><description>without it, <c>https://api.anthropic.com</c></description></item>
/// <item><term>gemini</term><description>without it, <c>https://generativelanguage.googleapis.com</c></description></item>
/// <item><term>bedrock</term><description>scheme and host, and a path prefix if any, <c>https://bedrock-runtime.us-east-1.amazonaws.com</c></description></item>
/// </list>
/// </summary>
internal sealed class AccountConfigBinder(ConfigSection root, Func<string, string?> environment)
{
    /// <summary>Where Anthropic's own API is.</summary>
    public const string AnthropicBase = "https://api.anthropic.com";

    /// <summary>Where Google's own API is.</summary>
    public const string GeminiBase = "https://generativelanguage.googleapis.com";

    /// <summary>Where OpenAI's own API is.</summary>
    public const string OpenAiBase = "https://api.openai.com/v1";

    private readonly List<Account> _accounts = [];
    private readonly HashSet<string> _labels = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All accounts of the file, in the order of the lists below.</summary>
    public IReadOnlyList<Account> Read()
    {
        foreach (var entry in root.Sections("claude-api-key")) ReadKey(entry, "claude", Protocol.AnthropicMessages, AnthropicBase, "/v1/messages", "/v1");
        foreach (var entry in root.Sections("codex-api-key")) ReadKey(entry, "codex", Protocol.OpenAiResponses, OpenAiBase, "/responses");
        foreach (var entry in root.Sections("gemini-api-key")) ReadKey(entry, "gemini", Protocol.Gemini, GeminiBase, "/models", "/v1beta");
        ReadOldGeminiKeys();
        foreach (var entry in root.Sections("bedrock")) ReadBedrock(entry);
        foreach (var entry in root.Sections("openai-compatibility")) ReadCompatible(entry);
        return _accounts;
    }

    private void ReadKey(ConfigSection entry, string provider, Protocol protocol, string defaultBase, params string[] endings)
    {
        var baseUrl = UrlConfigBinder.Base(entry, "base-url", endings);
        // A server of one's own may ask for no key.
        var credential = CredentialConfigBinder.ApiKey(entry, optional: baseUrl is not null);
        var shared = new CommonAccountSettings(entry, pools: false);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return;
        Add(entry, shared.Apply(new Account
        {
            Id = "", Label = shared.Name ?? provider, Provider = provider, Protocol = protocol, BaseUrl = baseUrl ?? defaultBase, Credential = credential,
        }));
    }

    private void ReadOldGeminiKeys()
    {
        foreach (var (key, _, _) in root.GetStrings("generative-language-api-key"))
        {
            if (_accounts.Exists(account => account.Provider == "gemini" && account.Credential is ApiKeyCredential known && known.Key == key)) continue;
            Add(root, new Account { Id = "", Label = "gemini", Provider = "gemini", Protocol = Protocol.Gemini, BaseUrl = GeminiBase, Credential = new ApiKeyCredential(key) });
        }
    }

    private void ReadCompatible(ConfigSection entry)
    {
        var name = entry.Text(entry.Has("name") || !entry.Has("label") ? "name" : "label");
        if (string.IsNullOrEmpty(name)) entry.ErrorAt("name", "The entry needs a name.", "Add name: <what you call this upstream>.");
        var baseUrl = UrlConfigBinder.Base(entry, "base-url", "/chat/completions", "/responses");
        if (baseUrl is null && entry.Node("base-url") is null)
            entry.ErrorAt("base-url", "The entry needs an address.", $"Add base-url: with the version path, like {OpenAiBase}");
        var protocol = entry.GetEnum("wire-api", Protocol.OpenAiChat, ("chat", Protocol.OpenAiChat), ("responses", Protocol.OpenAiResponses));
        var shared = new CommonAccountSettings(entry, pools: true);
        var template = new Account
        {
            Id = "", Label = name ?? "openai", Provider = "openai", Protocol = protocol, BaseUrl = baseUrl ?? OpenAiBase, Credential = new NoCredential(),
        };
        var keyed = new List<Account>();
        foreach (var key in entry.Sections("api-key-entries"))
        {
            var credential = CredentialConfigBinder.ApiKey(key, optional: false);
            var account = shared.Apply(template, credential ?? template.Credential, key);
            key.Finish(UnsupportedSettings.Entry);
            if (credential is not null) keyed.Add(account);
        }

        foreach (var (key, node, at) in entry.GetStrings("api-keys"))
        {
            if (CredentialConfigBinder.IsHeaderSafe(key)) keyed.Add(shared.Apply(template with { Credential = new ApiKeyCredential(key) }));
            else entry.Error(node, at, "The key contains a space or a character that no header can carry.", "Copy it again without line breaks.");
        }

        if (entry.Has("api-key") && CredentialConfigBinder.ApiKey(entry, optional: true) is ApiKeyCredential single) keyed.Add(shared.Apply(template with { Credential = single }));
        entry.Finish(UnsupportedSettings.Entry);
        if (keyed.Count == 0) keyed.Add(shared.Apply(template));
        foreach (var account in keyed) Add(entry, account);
    }

    private void ReadBedrock(ConfigSection entry)
    {
        var credential = CredentialConfigBinder.Aws(entry);
        var endpoint = UrlConfigBinder.Base(entry, "endpoint") ?? UrlConfigBinder.Base(entry, "base-url");
        var region = AwsRegion.Read(entry, credential?.Profile, hasEndpoint: endpoint is not null, environment);
        var protocol = entry.GetEnum("wire-api", Protocol.BedrockAnthropic, ("auto", Protocol.BedrockAnthropic), ("converse", Protocol.BedrockConverse));
        var shared = new CommonAccountSettings(entry, pools: false);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null || region is null) return;
        var account = shared.Apply(new Account
        {
            Id = "", Label = shared.Name ?? $"bedrock {region}", Provider = "bedrock", Protocol = protocol, Region = region,
            BaseUrl = endpoint ?? AwsRegion.Endpoint(region), Credential = credential,
        });
        Add(entry, account);
    }

    private void Add(ConfigSection entry, Account account)
    {
        var id = CredentialConfigBinder.StableId(account.Provider, account.BaseUrl, account.Credential, account.Prefix);
        if (_accounts.Find(other => other.Id == id) is { } twin)
        {
            if (account.Credential is not NoCredential)
            {
                entry.Problems.Warn(entry.Path, entry.Map.Line, entry.Map.Column, $"The same key, address and prefix were given before (as '{twin.Label}').", "Merge the two entries; a second one shares the first one's limits upstream.");
            }

            for (var number = 2; _accounts.Exists(other => other.Id == id); number++) id = $"{twin.Id}-{number}";
        }

        var label = account.Label;
        for (var number = 2; !_labels.Add(label); number++) label = $"{account.Label} #{number}";
        _accounts.Add(account with { Id = id, Label = label });
    }
}
