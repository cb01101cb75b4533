using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>Accounts: what each use case does, and why it does not.</summary>
public sealed class AccountAdministrationTests
{
    [Fact]
    public async Task An_account_is_added_changed_and_removed_and_is_in_force_each_time()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Configured(upstream));
        var accounts = fixture.Get<AccountAdministration>();
        var added = await accounts.AddAsync(Extra(upstream) with { Tags = ["spare"] }, verify: false, ManagementFixture.Owner, default).ValueAsync();
        (added.Label, added.Origin, added.Status, added.Version, added.Credential.Kind).ShouldBe(("extra", AccountOrigin.Store, "ready", 1, "api-key"));
        accounts.List(null, "SPARE").Accounts.ShouldHaveSingleItem().Id.ShouldBe(added.Id);
        accounts.List(null, null).Accounts.Select(account => account.Origin).ShouldBe([AccountOrigin.Config, AccountOrigin.Store]);
        var changed = await accounts.ChangeAsync("extra", new AccountUpdate { Priority = 7, Version = 1, Enabled = false }, ManagementFixture.Owner, default).ValueAsync();
        (changed.Priority, changed.Version, changed.Status).ShouldBe((7, 2, "disabled"));
        accounts.Get(added.Id).Done().Label.ShouldBe("extra");
        (await accounts.RemoveAsync(added.Id, ManagementFixture.Owner, default)).ShouldBeNull();
        accounts.Get(added.Id).Failed(NotFound, "not_found");
        await accounts.RemoveAsync(added.Id, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        var audit = await fixture.AuditAsync();
        audit.ShouldBe([$"account.add {added.Id} done openai 'extra'", $"account.change {added.Id} done 'extra': disabled, priority 7", $"account.remove {added.Id} done 'extra'"]);
        string.Join('\n', audit).ShouldNotContain("key-of-extra");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_found_at_once_with_its_fix()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var accounts = fixture.Get<AccountAdministration>();
        var error = await accounts.AddAsync(new AccountUpdate { Provider = "openai", Label = "", Weight = -1, Settings = new Dictionary<string, JsonElement> { ["base-url"] = JsonSerializer.SerializeToElement("ftp://x") } }, false, ManagementFixture.Owner, default)
            .ErrorAsync(Invalid, "invalid_value");
        foreach (var field in (string[])["label", "weight", "base-url"]) error.Findings.ShouldContain(finding => finding.Field!.EndsWith(field, StringComparison.Ordinal) && finding.Fix != null, field);
        (await accounts.AddAsync(new AccountUpdate { Label = "x" }, false, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("provider");
        (await fixture.AuditAsync()).ShouldAllBe(line => line.StartsWith("account.add ", StringComparison.Ordinal) && line.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_made_from_an_older_version_is_refused_with_the_current_one()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync();
        var accounts = fixture.Get<AccountAdministration>();
        var added = await accounts.AddAsync(Extra(upstream), false, ManagementFixture.Owner, default).ValueAsync();
        await accounts.ChangeAsync(added.Id, new AccountUpdate { Priority = 1 }, ManagementFixture.Owner, default).ValueAsync();
        var error = await accounts.ChangeAsync(added.Id, new AccountUpdate { Priority = 2, Version = 1 }, ManagementFixture.Owner, default).ErrorAsync(VersionConflict, "version_conflict");
        (error.CurrentVersion, error.Fix).ShouldBe(("2", "Read it again, and make the change from its new version."));
        accounts.Get(added.Id).Done().Priority.ShouldBe(1);
    }

    [Fact]
    public async Task Accounts_of_the_file_are_changed_only_there_and_labels_are_unique()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Configured(upstream));
        var accounts = fixture.Get<AccountAdministration>();
        var name = accounts.List(null, null).Accounts.Single().Label;
        (await accounts.ChangeAsync(name, new AccountUpdate { Priority = 1 }, ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "account_is_configured")).Fix.ShouldNotBeNull();
        await accounts.RemoveAsync(name, ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "account_is_configured");
        await accounts.AddAsync(Extra(upstream) with { Label = name.ToUpperInvariant() }, false, ManagementFixture.Owner, default).ErrorAsync(Conflict, "account_exists");
        await accounts.ChangeAsync("nobody", new AccountUpdate(), ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        (await accounts.ResetAsync("nobody", ManagementFixture.Owner)).Failed(NotFound, "not_found");
    }

    [Fact]
    public async Task A_credential_that_the_upstream_refuses_is_not_saved_when_it_shall_be_verified()
    {
        await using var upstream = await StubUpstream.StartAsync();
        upstream.Reply = (401, """{"error":{"message":"no"}}""");
        await using var fixture = await ManagementFixture.StartAsync();
        var accounts = fixture.Get<AccountAdministration>();
        (await accounts.AddAsync(Extra(upstream), verify: true, ManagementFixture.Owner, default).ErrorAsync(Invalid, "verification_failed")).Field.ShouldBe("credential");
        accounts.List(null, null).Accounts.ShouldBeEmpty();
        upstream.Reply = (200, """{"object":"list","data":[{"id":"m-mini"}]}""");
        (await accounts.AddAsync(Extra(upstream), verify: true, ManagementFixture.Owner, default).ValueAsync()).Status.ShouldBe("ready");
    }

    [Fact]
    public async Task A_test_asks_once_and_says_what_came_back_and_limits_are_there_until_the_reset()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync();
        var (accounts, tester) = (fixture.Get<AccountAdministration>(), fixture.Get<AccountTester>());
        var id = (await accounts.AddAsync(Extra(upstream), false, ManagementFixture.Owner, default).ValueAsync()).Id;
        var good = await tester.TestAsync("extra", null, ManagementFixture.Owner, default).ValueAsync();
        (good.Ok, good.Reply, good.Model, good.Status, good.InputTokens, upstream.Calls).ShouldBe((true, "fine", "m-mini", 200, 9, 1));
        upstream.Reply = (429, """{"error":{"message":"Slow down.","type":"rate_limit_error","code":"rate_limit_exceeded"}}""");
        var bad = await tester.TestAsync("extra", "m-mini", ManagementFixture.Owner, default).ValueAsync();
        (bad.Ok, bad.Status, bad.Error, bad.Reply).ShouldBe((false, 429, "Slow down.", null));
        var limit = fixture.Get<AccountDirectory>().ListLimits().Limits.ShouldHaveSingleItem();
        (limit.Account, limit.Model, limit.CoolingDown).ShouldBe(("extra", "m-mini", true));
        (await accounts.ResetAsync(id, ManagementFixture.Owner)).Done().Cooldowns.ShouldNotContain(cooldown => cooldown.CoolingDown);
        (await fixture.AuditAsync())[1..].ShouldBe([$"account.test {id} done 'extra' with m-mini: 200", $"account.test {id} failed 'extra' with m-mini: 429", $"account.reset {id} done 'extra'"]);
        await tester.TestAsync("nobody", null, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        await accounts.ChangeAsync(id, new AccountUpdate { Enabled = false }, ManagementFixture.Owner, default).ValueAsync();
        await tester.TestAsync(id, null, ManagementFixture.Owner, default).ErrorAsync(Conflict, "account_not_usable");
    }

    [Fact]
    public async Task A_store_that_is_away_is_an_error_and_what_is_known_is_still_shown()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync();
        var accounts = fixture.Get<AccountAdministration>();
        await accounts.AddAsync(Extra(upstream), false, ManagementFixture.Owner, default).ValueAsync();
        await fixture.LoseStoreAsync();
        accounts.List(null, null).Accounts.Count.ShouldBe(1);
        await accounts.AddAsync(Extra(upstream) with { Label = "more", Credential = new Dictionary<string, string> { ["api-key"] = "another-key-1234" } }, false, ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
        await accounts.ChangeAsync("extra", new AccountUpdate { Priority = 1 }, ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
        await accounts.RemoveAsync("extra", ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
    }

    private static string Configured(StubUpstream upstream)
        => $"openai-compatibility:\n  - {{ name: filed, base-url: '{upstream.Address}', api-key-entries: [ {{ api-key: key-of-filed }} ], models: [ m-filed ] }}\n";

    private static AccountUpdate Extra(StubUpstream upstream) => new()
    {
        Provider = "openai", Label = "extra", Credential = new Dictionary<string, string> { ["api-key"] = "key-of-extra-1234" },
        Settings = new Dictionary<string, JsonElement> { ["base-url"] = JsonSerializer.SerializeToElement(upstream.Address), ["models"] = JsonSerializer.SerializeToElement<string[]>(["m-mini"]) },
    };
}
