using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.OpenAi;

/// <summary>Upstreams that speak OpenAI's protocols. An entry of <c>config.yaml</c> may have several keys, each an account of its own.</summary>
internal sealed class CompatibleAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new(pools: true);

    /// <inheritdoc/>
    public string Section => "openai-compatibility";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [
            new CredentialForm(ApiKeyCredential.KindName, "API key", ApiKeyCredential.Fields),
            new CredentialForm(NoCredential.KindName, "None: a server that asks for no key", []),
        ],
        [
            new SettingField("base-url", SettingType.Address, "Where the API is, with the version path.") { IsRequired = true },
            new SettingField("wire-api", SettingType.Choice, "Which of OpenAI's protocols it speaks.") { Choices = ["chat", "responses"], Default = "chat" },
            .. CommonAccountSettings.SettingsWith(Models),
        ])
    {
        FileOnly =
        [
            new SettingField("api-keys", SettingType.TextList, "Several API keys, each an account of its own.") { IsSecret = true },
            new SettingField("api-key-entries", SettingType.List, "Several API keys with settings of their own.") { IsSecret = true, Items = [.. ApiKeyCredential.Fields, .. CommonAccountSettings.KeyFields] },
        ],
    };

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        var name = entry.Text(entry.Has("name") || !entry.Has("label") ? "name" : "label");
        if (string.IsNullOrEmpty(name)) entry.ErrorAt("name", "The entry needs a name.", "Add name: <what you call this upstream>.");
        var baseUrl = AddressSettings.Base(entry, "base-url", "/chat/completions", "/responses");
        if (baseUrl is null && entry.Node("base-url") is null)
            entry.ErrorAt("base-url", "The entry needs an address.", $"Add base-url: with the version path, like {OpenAiPaths.DefaultBase}");
        var protocol = entry.GetEnum("wire-api", Protocol.OpenAiChat, ("chat", Protocol.OpenAiChat), ("responses", Protocol.OpenAiResponses));
        var shared = new CommonAccountSettings(entry, Models);
        var template = new Account
        {
            Id = "", Label = name ?? OpenAiModule.Id, Provider = OpenAiModule.Id, Protocol = protocol, BaseUrl = baseUrl ?? OpenAiPaths.DefaultBase, Credential = new NoCredential(),
        };
        var accounts = new List<Account>();
        foreach (var key in entry.Sections("api-key-entries"))
        {
            Credential? credential = ApiKeyCredential.Read(key);
            var account = shared.Apply(template, credential ?? template.Credential, key);
            key.Finish(UnsupportedSettings.Entry);
            if (credential is not null) accounts.Add(account);
        }

        foreach (var (key, node, at) in entry.GetStrings("api-keys"))
        {
            if (HeaderSafe.Check(key)) accounts.Add(shared.Apply(template with { Credential = new ApiKeyCredential(key) }));
            else entry.Error(node, at, HeaderSafe.Problem, "Copy it again without line breaks.");
        }

        if (entry.Has("api-key") && ApiKeyCredential.ReadOptional(entry) is ApiKeyCredential single) accounts.Add(shared.Apply(template with { Credential = single }));
        entry.Finish(UnsupportedSettings.Entry);
        if (accounts.Count == 0) accounts.Add(shared.Apply(template with { Credential = new NoCredential() }));
        return accounts;
    }
}
