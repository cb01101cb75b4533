using System.Text;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.AccountManagement;

public sealed class AccountRegistryTests
{
    private readonly MemoryAccounts _store = new();
    private readonly PlainSecrets _secrets = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task An_account_of_the_store_is_read_like_an_entry_of_the_file()
    {
        _store.Items.Add(Stored("a", "claude", "spare", """{"api-key":"sk-${HOME}-1","headers":{"x-team":"secret"},"proxy-url":"socks5h://u:p@host:1"}""") with
        {
            Priority = 3,
            Weight = 4,
            Concurrency = 2,
            Tags = ["home", "backup"],
            Settings = """{"base-url":"https://relay.example/v1","prefix":"lab","models":[{"name":"claude-sonnet-4-5","alias":"sonnet","max-context-length":5},"claude-haiku-4-5"],"excluded-models":["*-old"],"request-retry":2}""",
        });
        await using var book = await OpenAsync("claude-api-key: [ { api-key: k, name: first } ]");
        book.Current.Accounts.Select(account => (account.Label, account.Origin)).ShouldBe([("first", AccountOrigin.Config), ("spare", AccountOrigin.Store)]);
        var account = book.Current.Accounts[1];
        (account.Id, account.BaseUrl, account.Prefix, account.ProxyUrl).ShouldBe(("a", "https://relay.example", "lab", "socks5://u:p@host:1"));
        (account.Priority, account.Weight, account.Concurrency, account.RequestRetry).ShouldBe((3, 4, 2, 2));
        account.Credential.ShouldBe(new ApiKeyCredential("sk-${HOME}-1"), "what the store holds stands for itself");
        account.Headers["x-team"].ShouldBe("secret");
        account.Models.Select(model => model.Alias).ShouldBe(["sonnet", "claude-haiku-4-5"]);
        account.Models[0].Facts!.ContextWindow.ShouldBe(5);
        account.ExcludedModels.ShouldBe(["*-old"]);
        account.Tags.ShouldBe(["home", "backup"]);
        account.ToString().ShouldBe("spare");
    }

    [Fact]
    public async Task Every_provider_can_be_stored()
    {
        _store.Items.AddRange([
            Stored("1", "claude", "c", """{"api-key":"1"}"""), Stored("2", "codex", "x", """{"api-key":"2"}"""), Stored("3", "gemini", "g", """{"api-key":"3"}"""),
            Stored("4", "openai", "o", """{"api-key":"4"}""") with { Settings = """{"base-url":"https://o.example/v1","wire-api":"responses"}""" },
            Stored("5", "bedrock", "b", """{"access-key-id":"AKIA","secret-access-key":"s"}""") with { Settings = """{"region":"eu-west-1"}""" },
            Stored("6", "openai", "local", "") with { Settings = """{"base-url":"http://127.0.0.1:1/v1"}""" },
        ]);
        await using var book = await OpenAsync("");
        book.Entries.ShouldAllBe(entry => entry.Problem == null);
        book.Current.Accounts.Select(account => account.Provider).ShouldBe(["claude", "codex", "gemini", "openai", "bedrock", "openai"]);
        book.Current.Accounts[5].Credential.ShouldBe(new NoCredential());
    }

    [Fact]
    public async Task What_cannot_be_used_is_kept_and_says_why()
    {
        _store.Items.AddRange([
            Stored("1", "claude", "locked", "") with { Secret = Encoding.UTF8.GetBytes("account:other|{}") },
            Stored("2", "openai", "nowhere", """{"api-key":"k"}"""),
            Stored("3", "gemini", "wrong", """{"api-key":"two words"}""") with { Settings = """{"base-url":"ftp://x","request-retry":"often"}""" },
            Stored("4", "parrot", "odd", "{}"),
            Stored("5", "claude", "out", """{"api-key":"fine"}""") with { Problem = "Sign in again." },
        ]);
        await using var book = await OpenAsync("");
        book.Current.Accounts.ShouldBeEmpty();
        var problems = book.Entries.ToDictionary(entry => entry.Label, entry => entry.Problem?.Text ?? "");
        problems["locked"].ShouldContain("cannot be opened");
        problems["nowhere"].ShouldContain("base-url: The entry needs an address.");
        problems["wrong"].ShouldContain("api-key:");
        problems["wrong"].ShouldContain("base-url:");
        problems["wrong"].ShouldContain("request-retry:");
        problems["wrong"].ShouldNotContain("two words");
        problems["odd"].ShouldContain("'parrot'");
        problems["out"].ShouldBe("Sign in again.");
    }

    [Fact]
    public async Task The_file_wins_where_both_have_the_same_account_and_labels_stay_apart()
    {
        _store.Items.AddRange([Stored("1", "claude", "mine", """{"api-key":"same"}"""), Stored("2", "claude", "Main", """{"api-key":"other"}""")]);
        await using var book = await OpenAsync("claude-api-key: [ { api-key: same, name: main } ]");
        book.Current.Accounts.Select(account => account.Label).ShouldBe(["main", "Main #2"]);
        book.Entries[1].Problem!.Text.ShouldContain("'main' of the configuration file");
        book.Take(Config.Load("claude-api-key: [ { api-key: new, name: main } ]"));
        book.Current.Accounts.Select(account => account.Label).ShouldBe(["main", "mine", "Main #2"]);
    }

    [Fact]
    public async Task Changes_of_the_store_and_of_the_file_both_make_a_new_configuration()
    {
        await using var book = await OpenAsync("claude-api-key: [ { api-key: k, name: first } ]");
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string>();
        book.Changed += (_, change) => seen.Writer.TryWrite(string.Join(' ', change.Current.Accounts.Select(account => account.Label)));
        await _store.AddAsync(Stored("1", "claude", "second", """{"api-key":"s"}"""), TestContext.Current.CancellationToken);
        (await seen.Reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBe("first second");
        book.Take(Config.Load("gemini-api-key: [ { api-key: g } ]"));
        (await seen.Reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBe("gemini second");
        await _store.UpdateAsync(_store.Items[0] with { Enabled = false }, cancellationToken: TestContext.Current.CancellationToken);
        await seen.Reader.ReadAsync(TestContext.Current.CancellationToken);
        book.Current.Accounts[1].Enabled.ShouldBeFalse();
        await _store.RemoveAsync("1", TestContext.Current.CancellationToken);
        (await seen.Reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBe("gemini");
    }

    [Fact]
    public async Task A_renewed_credential_of_the_store_is_swapped_in_its_cell_and_nothing_is_composed_anew()
    {
        var providers = new ProviderRegistry([.. Config.Providers.All.Where(module => module.Id != "claude"), WithLogins(Config.Providers["claude"])]);
        _store.Items.Add(Stored("1", "claude", "mine", """{"access-token":"a1","refresh-token":"r1","account-id":"acc"}"""));
        await using var book = await AccountRegistry.OpenAsync(Config.Load(""), providers, _store, _store, _secrets, _time, NullLogger.Instance, TestContext.Current.CancellationToken);
        var (before, account, cell) = (book.Current, book.Current.Accounts[0], book.Credentials.Find("1"));
        account.Cell.ShouldBeSameAs(cell);
        var changes = 0;
        book.Changed += (_, _) => changes++;

        var renewed = _secrets.Protect("""{"access-token":"a2","refresh-token":"r2","account-id":"acc"}"""u8.ToArray(), SecretPurpose.Account("1"));
        await _store.UpdateAsync(_store.Items[0] with { Secret = renewed, ExpiresAt = _time.GetUtcNow().AddHours(1) }, cancellationToken: TestContext.Current.CancellationToken);
        await book.RefreshAsync(TestContext.Current.CancellationToken);
        ((OAuthCredential)account.Credential).AccessToken.ShouldBe("a2", "who holds the account sees the new token");
        account.Cell.Current.Version.ShouldBe(2);
        book.Current.ShouldBeSameAs(before);
        changes.ShouldBe(0);
        book.Entries[0].Stored!.Version.ShouldBe(2, "changes are made from the newest version");

        // Another field changes: a new account with the same cell.
        await _store.UpdateAsync(_store.Items[0] with { Priority = 5 }, cancellationToken: TestContext.Current.CancellationToken);
        await book.RefreshAsync(TestContext.Current.CancellationToken);
        changes.ShouldBeGreaterThan(0);
        book.Current.Accounts[0].Priority.ShouldBe(5);
        book.Current.Accounts[0].Cell.ShouldBeSameAs(cell);
    }

    [Fact]
    public async Task The_cell_of_an_account_of_the_file_outlives_the_file()
    {
        await using var book = await OpenAsync("claude-api-key: [ { api-key: k, name: first } ]");
        var cell = book.Current.Accounts[0].Cell;
        book.Take(Config.Load("claude-api-key: [ { api-key: k, name: renamed } ]"));
        book.Current.Accounts[0].Label.ShouldBe("renamed");
        book.Current.Accounts[0].Cell.ShouldBeSameAs(cell);
        book.Take(Config.Load("claude-api-key: [ { api-key: other, name: renamed } ]"));
        book.Current.Accounts[0].Cell.ShouldNotBeSameAs(cell);
    }

    [Fact]
    public async Task A_store_that_is_down_at_start_is_asked_again()
    {
        _store.Items.Add(Stored("1", "claude", "late", """{"api-key":"s"}"""));
        _store.IsDown = true;
        await using var book = await OpenAsync("claude-api-key: [ { api-key: k, name: first } ]");
        book.Current.Accounts.Select(account => account.Label).ShouldBe(["first"]);
        var seen = new TaskCompletionSource();
        book.Changed += (_, _) => seen.TrySetResult();
        _store.IsDown = false;
        while (!seen.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        book.Current.Accounts.Select(account => account.Label).ShouldBe(["first", "late"]);
    }

    /// <summary>A provider whose accounts hold the tokens of a login.</summary>
    private static ProviderModule WithLogins(ProviderModule module) => new()
    {
        Descriptor = module.Descriptor, Accounts = new LoginSchema(module), Requests = module.Requests, Authenticator = module.Authenticator, Failures = module.Failures,
    };

    private sealed class LoginSchema(ProviderModule module) : IAccountSchema
    {
        public string Section => module.Accounts.Section;

        public AccountForm Form { get; } = module.Accounts.Form with { Credentials = [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)] };

        public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
        {
            if (OAuthCredential.Read(entry) is not { } login) return [];
            var shared = new CommonAccountSettings(entry, new ModelSettings());
            entry.Finish();
            return [shared.Apply(new Account { Id = "", Label = "", Provider = module.Id, Protocol = Protocol.AnthropicMessages, BaseUrl = "https://x.invalid", Credential = login })];
        }
    }

    [Fact]
    public async Task Accounts_of_the_store_follow_the_settings_of_their_provider()
    {
        _store.Items.Add(Stored("p", "coding-plan", "club", """{"api-key":"k"}""") with { Settings = """{"plan":"club"}""" });
        await using var book = await OpenAsync("");
        book.Entries.Single().Problem.ShouldNotBeNull().Text.ShouldContain("There is no plan 'club'.");
        static string Club(string host) => $"providers: {{ coding-plan: {{ offers: [ {{ id: club, host: 'https://{host}', chat: /v1 }} ] }} }}";
        book.Take(Config.Load(Club("one.example")));
        book.Current.Accounts.Single().BaseUrl.ShouldBe("https://one.example/v1");
        var cell = book.Current.Accounts.Single().Cell;
        book.Take(Config.Load(Club("two.example")));
        book.Current.Accounts.Single().BaseUrl.ShouldBe("https://two.example/v1");
        book.Current.Accounts.Single().Cell.ShouldBeSameAs(cell);
    }

    private Task<AccountRegistry> OpenAsync(string yaml)
        => AccountRegistry.OpenAsync(Config.Load(yaml), Config.Providers, _store, _store, _secrets, _time, NullLogger.Instance, TestContext.Current.CancellationToken);

    private StoredAccount Stored(string id, string provider, string label, string secret) => new()
    {
        Id = id, Label = label, Provider = provider, CredentialKind = "api-key", Version = 1,
        Secret = secret.Length == 0 ? default(ReadOnlyMemory<byte>) : _secrets.Protect(Encoding.UTF8.GetBytes(secret), SecretPurpose.Account(id)),
    };
}
