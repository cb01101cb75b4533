using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Schema;

/// <summary>What holds for the account schema of every provider: it describes what it reads, and reads files and the store alike.</summary>
public sealed class AccountSchemaTests
{
    private static readonly ProviderRegistry Registry = TestProviders.CreateRegistry(TimeProvider.System);

    /// <summary>An entry with every key that two kinds of credential leave, for each provider; the same text is an entry of the file and a document of the store.</summary>
    private static readonly Dictionary<string, string> Entries = new(StringComparer.Ordinal)
    {
        ["claude"] = """{"api-key":"key-of-claude"}""",
        ["codex"] = """{"api-key":"key-of-codex"}""",
        ["gemini"] = """{"api-key":"key-of-gemini"}""",
        ["openai"] = """{"api-key":"key-of-openai","base-url":"https://o.example/v1/","wire-api":"responses"}""",
        ["bedrock"] = """{"access-key-id":"AKIDEXAMPLE","secret-access-key":"s","region":"eu-west-1","wire-api":"converse"}""",
        ["openrouter"] = """{"api-key":"key-of-openrouter","account-id":"user_1"}""",
        ["kilo"] = """{"api-key":"key-of-kilo"}""",
        ["coding-plan"] = """{"api-key":"key-of-plan","plan":"zai","wire-api":"messages"}""",
        ["github-copilot"] = """{"access-token":"token-of-copilot","account-id":"7","messages-models":"claude-*","integration-id":"copilot-developer-cli"}""",
        ["claude-subscription"] = """{"access-token":"sk-ant-oat01-token","account-id":"u","organization-id":"o","oauth-beta":"oauth-2025-04-20"}""",
        ["kiro"] = """{"access-token":"token-of-kiro","account-id":"8","region":"eu-central-1","host":"kiro","max-body-bytes":1000,"calls-in-text":true,"system-placement":"first-message"}""",
        ["chatgpt"] = """{"access-token":"token-of-chatgpt","account-id":"user-1","organization-id":"acct-1","originator":"dragoman","client-version":"0.171.0","listed-models":"gpt-6*"}""",
        ["xai"] = """{"access-token":"token-of-grok","account-id":"u","wire-api":"chat","client-version":"1.0.12","token-auth":"xai-grok-cli"}""",
        ["kimi-code"] = """{"access-token":"token-of-kimi","account-id":"u","wire-api":"messages","platform":"kimi_cli","platform-version":"1.41.0"}""",
        ["code-assist"] = """{"access-token":"token-of-google","account-id":"u","project":"mine"}""",
        ["vertex"] = """{"access-token":"token-of-google","account-id":"u","project":"mine","location":"europe-west4"}""",
        ["vertex-express"] = """{"api-key":"key-of-vertex"}""",
        ["xai-api"] = """{"api-key":"key-of-xai"}""",
        ["antigravity"] = """{"access-token":"token-of-google","account-id":"u","project":"mine","client-version":"2.9.1"}""",
        ["amp"] = """{"api-key":"key-of-amp"}""",
        ["qwen-code"] = """{"access-token":"token-of-qwen","refresh-token":"r"}""",
        ["iflow"] = """{"access-token":"token-of-iflow","refresh-token":"r"}""",
        ["parrot"] = """{"api-key":"key-of-parrot","cage":"gilded"}""",
    };

    private const string Common = """
        ,"prefix":"lab","proxy-url":"socks5h://u:p@host:1","headers":{"x-team":"blue"},"excluded-models":["Old-*"],"request-retry":2,"disable-cooling":true,
        "models":[{"name":"m-1","alias":"one","context-window":1000,"max-output-tokens":10,"images":true,"tools":false,"display-name":"M","thinking":{"levels":["low","high"]}},"m-2"]}
        """;

    public static TheoryData<string> Providers => [.. Registry.All.Select(module => module.Id)];

    [Theory, MemberData(nameof(Providers))]
    public void The_keys_that_are_read_are_those_that_are_described(string id)
    {
        var schema = Registry[id].Accounts;
        // Empty: every key is asked for where nothing stops the reading.
        var reader = Reader("""{"label":"x","max-context-length":1}""", out _);
        schema.Read(reader, static _ => null);
        var asked = reader.KnownKeys.ToHashSet(StringComparer.Ordinal);
        var full = Reader(Entries[id][..^1] + Common, out _);
        schema.Read(full, static _ => null);
        asked.UnionWith(full.KnownKeys);
        asked.Except(schema.Form.Keys).ShouldBeEmpty("keys that are read and not described");
        schema.Form.Keys.Except(asked).Except(schema.Form.Credentials.Where(choice => choice.Kind == OAuthCredential.KindName).SelectMany(choice => choice.Fields).SelectMany(item => item.Keys))
            .ShouldBeEmpty("keys that are described and not read");
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_form_can_be_made_of_the_description(string id)
    {
        var (module, form) = (Registry[id], Registry[id].Accounts.Form);
        form.Credentials.ShouldNotBeEmpty();
        form.Credentials.Select(choice => choice.Title).ShouldBeUnique();
        foreach (var field in CommonAccountSettings.AccountFields.Concat(form.Settings).Concat(form.FileOnly).Concat(form.Credentials.SelectMany(choice => choice.Fields)).SelectMany(All))
        {
            field.Name.ShouldMatch("^[a-z][a-z-]*[a-z]$");
            field.Description.ShouldEndWith(".");
            (field.Type == SettingType.Choice).ShouldBe(field.Choices.Count > 0, field.Name);
            if (field.Type is SettingType.List or SettingType.Group) field.Items.ShouldNotBeEmpty(field.Name);
            if (field is { Default: { } value, Choices.Count: > 0 }) field.Choices.ShouldContain(value);
        }

        form.SecretSettings.ShouldBe(["proxy-url", "headers"], "a proxy's password and a token in a header are kept with the credential");
        foreach (var key in form.CredentialKeys) Registry.IsReserved(module, key).ShouldBeTrue(key);
        foreach (var key in form.Settings.SelectMany(item => item.Keys)) Registry.IsReserved(module, key).ShouldBeFalse(key);
        Registry.IsReserved(module, "priority").ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Providers))]
    public void The_file_and_the_store_give_the_same_account(string id)
    {
        var entry = Entries[id][..^1] + Common;
        var schema = Registry[id].Accounts;
        var loaded = new ConfigLoader(Registry, static _ => null).Load($"{schema.Section}: [ {{ name: same, priority: 3, weight: 2, {entry.Trim()[1..]} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var ofFile = loaded.Config!.Accounts.ShouldHaveSingleItem();
        var stored = new StoredAccount { Id = "s1", Label = "same", Provider = id, CredentialKind = "", Priority = 3, Weight = 2, Settings = entry };
        var (ofStore, problems) = new StoredAccountBinder(Registry, static provider => provider.Settings?.Defaults).Read(stored, default);
        problems.ShouldBeEmpty();
        Shown(ofStore!).ShouldBe(Shown(ofFile));
        ofStore!.Credential.ShouldBe(ofFile.Credential);
        ofStore.Scope.ShouldBeSameAs(ofFile.Scope);
        AccountIds.StableId(ofStore).ShouldBe(ofFile.Id);
    }

    [Theory, MemberData(nameof(Providers))]
    public void The_file_and_the_store_report_the_same_problems(string id)
    {
        const string wrong = """{"api-key":"two words","access-key-id":"x","base-url":"ftp://x","region":"nowhere","prefix":"a/b","proxy-url":"what","headers":{"host":"x"},"request-retry":"often","disable-cooling":"perhaps","modles":[],"models":[{"alias":"a"},{"name":"n","thinking":{"levels":["much"]}}]}""";
        var schema = Registry[id].Accounts;
        var loaded = new ConfigLoader(Registry, static _ => null).Load($"{schema.Section}:\n  - {wrong[..^1]}, name: same }}\n", "config.yaml");
        var at = $"{schema.Section}[0].";
        var ofFile = loaded.Problems.Select(problem => (Path: problem.Path.StartsWith(at, StringComparison.Ordinal) ? problem.Path[at.Length..] : problem.Path, problem.Message, problem.Remedy)).ToList();
        ofFile.Count.ShouldBeGreaterThan(6);
        loaded.Problems.ShouldAllBe(problem => problem.Line > 0);
        var (account, problems) = new StoredAccountBinder(Registry, static provider => provider.Settings?.Defaults).Read(new StoredAccount { Id = "s1", Label = "same", Provider = id, CredentialKind = "", Settings = wrong }, default);
        account.ShouldBeNull();
        problems.Select(problem => (problem.Path, problem.Message, problem.Remedy)).ShouldBe(ofFile, ignoreOrder: true);
        problems.ShouldAllBe(problem => !problem.Message.Contains("two words", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_provider_says_what_it_is()
    {
        Registry.All.Select(module => module.Id).ShouldBeUnique();
        Registry.All.Select(module => module.Accounts.Section).ShouldBeUnique();
        foreach (var descriptor in Registry.All.Select(module => module.Descriptor))
        {
            descriptor.Id.ShouldMatch("^[a-z][a-z-]*$");
            descriptor.DisplayName.ShouldNotBeNullOrWhiteSpace();
            descriptor.BaseUrls.ShouldAllBe(url => url.StartsWith("https://", StringComparison.Ordinal) && !url.EndsWith('/'));
            descriptor.Protocols.ShouldNotBeEmpty();
            Uri.TryCreate(descriptor.Homepage, UriKind.Absolute, out _).ShouldBeTrue();
            descriptor.ThirdPartyUse.Statement.ShouldEndWith(".");
            descriptor.ThirdPartyUse.AsOf.Year.ShouldBeGreaterThanOrEqualTo(2026);
        }
    }

    [Fact]
    public void A_key_of_another_providers_credential_is_no_setting()
    {
        Registry.IsReserved(Registry["claude"], "secret-access-key").ShouldBeTrue();
        Registry.IsReserved(Registry["bedrock"], "region").ShouldBeFalse();
        Registry.IsReserved(Registry["claude"], "region").ShouldBeFalse("it is unknown there, and reported as such");
    }

    private static IEnumerable<SettingField> All(SettingField field) => [field, .. field.Items.SelectMany(All)];

    private static string Shown(Account account) => JsonSerializer.Serialize(new
    {
        account.Label, account.Provider, account.Protocol, account.BaseUrl, account.Region, account.Options, account.Headers, account.ProxyUrl, account.Priority, account.Weight,
        account.Concurrency, account.Tags, account.Prefix, account.Models, account.ExcludedModels, account.Enabled, account.DisableCooling, account.RequestRetry,
    });

    private static SettingsReader Reader(string json, out DiagnosticBag problems)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        problems = new DiagnosticBag("");
        return new SettingsReader((SettingMap)JsonSettings.From(document.RootElement.Clone()), "", problems, environment: null);
    }
}
