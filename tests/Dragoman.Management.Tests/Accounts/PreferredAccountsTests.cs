using Dragoman.Gateway.AccountManagement;
using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>The active account of a provider is the one that is used first; it lasts, and changes nothing for good at the others.</summary>
public sealed class PreferredAccountsTests
{
    [Fact]
    public async Task The_active_account_goes_before_the_others_until_another_one_does()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var preferred = fixture.Get<PreferredAccounts>();
        (await preferred.FindAsync("openai", default)).ShouldBeNull();
        foreach (var name in (string[])["one", "two", "three"]) await AddAsync(fixture, name);
        (await preferred.FindAsync("openai", default)).ShouldNotBeNull().Label.ShouldBe("one");
        (await preferred.PreferAsync("openai", "two", ManagementFixture.Owner, default)).Done().Priority.ShouldBe(1);
        (await preferred.PreferAsync("openai", "two", ManagementFixture.Owner, default)).Done().Priority.ShouldBe(1, "once is enough");
        (Priorities(fixture), (await preferred.FindAsync("openai", default))!.Label).ShouldBe(("0 1 0", "two"));
        (await preferred.PreferAsync("openai", "three", ManagementFixture.Owner, default)).Done();
        (Priorities(fixture), (await preferred.FindAsync("openai", default))!.Label).ShouldBe(("0 0 1", "three"));
        (await fixture.Get<AccountAdministration>().RemoveAsync("three", ManagementFixture.Owner, default)).ShouldBeNull();
        (await preferred.FindAsync("openai", default))!.Label.ShouldBe("one");
        (await preferred.PreferAsync("openai", "nobody", ManagementFixture.Owner, default)).Failed(NotFound, "not_found");
        (await preferred.PreferAsync("anthropic", "one", ManagementFixture.Owner, default)).Failed(NotFound, "not_found");
    }

    [Fact]
    public async Task Where_all_take_turns_nobody_goes_before_another()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var preferred = fixture.Get<PreferredAccounts>();
        foreach (var name in (string[])["one", "two"]) await AddAsync(fixture, name);
        await preferred.PreferAsync("openai", "two", ManagementFixture.Owner, default);
        (await preferred.SetTurnsAsync("openai", true, ManagementFixture.Owner, default)).ShouldBeNull();
        (Priorities(fixture), await preferred.TakesTurnsAsync("openai", default), (await preferred.FindAsync("openai", default))!.Label).ShouldBe(("0 0", true, "two"));
        await preferred.PreferAsync("openai", "one", ManagementFixture.Owner, default);
        Priorities(fixture).ShouldBe("0 0");
        (await preferred.SetTurnsAsync("openai", false, ManagementFixture.Owner, default)).ShouldBeNull();
        (Priorities(fixture), (await preferred.FindAsync("openai", default))!.Label).ShouldBe(("1 0", "one"));
    }

    [Fact]
    public async Task Without_the_store_it_is_an_error_and_no_exception()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var preferred = fixture.Get<PreferredAccounts>();
        await AddAsync(fixture, "one");
        await fixture.LoseStoreAsync();
        (await preferred.PreferAsync("openai", "one", ManagementFixture.Owner, default)).Failed(Unavailable, "store_unavailable");
        (await preferred.FindAsync("openai", default))!.Label.ShouldBe("one");
    }

    private static async Task AddAsync(ManagementFixture fixture, string name)
        => (await fixture.Get<AccountAdministration>().AddAsync(
            new AccountUpdate { Provider = "openai", Label = name, Credential = new Dictionary<string, string> { ["api-key"] = $"key-of-{name}" }, Settings = new Dictionary<string, System.Text.Json.JsonElement> { ["base-url"] = System.Text.Json.JsonSerializer.SerializeToElement("https://upstream.example/v1") } },
            verify: false, ManagementFixture.Owner, default)).Done();

    private static string Priorities(ManagementFixture fixture) => string.Join(' ', fixture.Get<AccountAdministration>().List("openai", null).Accounts.Select(account => account.Priority));
}
