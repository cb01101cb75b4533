using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.AccountManagement;

/// <summary>Another node has added an account, and this one has not heard of it yet.</summary>
public sealed class TwoNodesTests
{
    private readonly MemoryAccounts _store = new();
    private readonly PlainSecrets _secrets = new();

    [Fact]
    public async Task A_login_gets_the_next_label_that_is_free()
    {
        await using var registry = await OpenAsync();
        AddElsewhere("ada");
        AddElsewhere("ada #2");
        var saved = await Logins(registry).SaveAsync("claude", new LoginResult(new ApiKeyCredential("sk-1"), "ada"), known: null, label: null, proxy: null, TestContext.Current.CancellationToken);
        (saved.Outcome, saved.Account?.Label).ShouldBe((AccountUpdateOutcome.Saved, "ada #3"));
    }

    [Fact]
    public async Task A_label_that_somebody_chose_is_not_changed()
    {
        await using var registry = await OpenAsync();
        AddElsewhere("ada");
        var saved = await Logins(registry).SaveAsync("claude", new LoginResult(new ApiKeyCredential("sk-1"), "bob"), known: null, label: "Ada", proxy: null, TestContext.Current.CancellationToken);
        (saved.Outcome, saved.Message).ShouldBe((AccountUpdateOutcome.Taken, "There is an account 'ada' already. Choose another label."));
        _store.Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_account_without_a_label_gets_the_next_one()
    {
        await using var registry = await OpenAsync();
        AddElsewhere("claude");
        var draft = new AccountUpdate { Provider = "claude", Credential = new Dictionary<string, string> { ["api-key"] = "sk-1" } };
        var asked = 0;
        var saved = await Accounts(registry).AddAsync(draft, (_, _) => Task.FromResult(++asked > 1 ? "asked twice" : null), TestContext.Current.CancellationToken);
        (saved.Outcome, saved.Account?.Label).ShouldBe((AccountUpdateOutcome.Saved, "claude #2"));
    }

    private void AddElsewhere(string label) => _store.Items.Add(new StoredAccount { Id = "of-" + label, Label = label, Provider = "claude", CredentialKind = "none", Version = 1 });

    private LoginAccounts Logins(AccountRegistry registry) => new(registry, Accounts(registry));

    private AccountService Accounts(AccountRegistry registry) => new(registry, _store, _secrets);

    private Task<AccountRegistry> OpenAsync()
        => AccountRegistry.OpenAsync(Config.Load(""), Config.Providers, _store, _store, _secrets, new ManualTime(), NullLogger.Instance, TestContext.Current.CancellationToken);
}
