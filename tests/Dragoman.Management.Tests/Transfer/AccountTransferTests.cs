using System.Text;
using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Accounts;
using Dragoman.Management.Audit;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;
using Dragoman.Management.Transfer;

namespace Dragoman.Management.Tests.Transfer;

/// <summary>Accounts go from one host to another in an encrypted bundle, and the newer credential of the same account stays.</summary>
public sealed class AccountTransferTests
{
    private const string Passphrase = "correct horse battery";
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Another_host_gets_the_accounts_whole_and_the_bundle_gives_nothing_away()
    {
        await using var one = await HostAsync();
        var key = await one.Get<AccountAdministration>().AddAsync(
            new AccountUpdate
            {
                Provider = "claude", Label = "work", Credential = new Dictionary<string, string> { ["api-key"] = "sk-ant-secret-of-work" }, Priority = 3, Weight = 7, Concurrency = 2, Tags = ["team"], Enabled = false,
                Settings = Settings(("prefix", "w"), ("proxy-url", "http://user:proxy-password@127.0.0.1:9"), ("headers", new Dictionary<string, string> { ["x-secret"] = "header-secret" })),
            },
            verify: false, ManagementFixture.Owner, default).ValueAsync();
        var login = await SignInAsync(one, Login("u1", "org", "refresh-secret-one", Noon));
        var bundle = await ExportAsync(one);
        bundle.Accounts.Select(account => (account.Id, account.Label, account.CredentialKind, account.Warning)).ShouldBe([(key.Id, "work", "api-key", null), (login.Id, "u1@stub", "oauth", null)], ignoreOrder: true);
        foreach (var secret in (string[])["sk-ant-secret", "proxy-password", "header-secret", "refresh-secret", "access-of", "u1@stub", "claude", "work"]) bundle.Content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, secret);

        await using var two = await HostAsync();
        var plan = await ImportAsync(two, bundle, dry: true);
        plan.DryRun.ShouldBeTrue();
        plan.Accounts.Select(account => account.Action).ShouldBe([AccountMergeAction.Add, AccountMergeAction.Add]);
        two.Get<AccountRegistry>().Entries.ShouldBeEmpty("the plan changes nothing");

        (await ImportAsync(two, bundle)).Accounts.ShouldAllBe(account => account.Action == AccountMergeAction.Add && account.Problem == null && account.AccountId != null);
        foreach (var entry in one.Get<AccountRegistry>().Entries)
        {
            var there = two.Get<AccountRegistry>().Entries.Single(other => other.Id == entry.Id);
            (there.Label, there.Problem, there.Account!.Credential, there.Account.Enabled, there.Account.Priority, there.Account.Weight, there.Account.Concurrency, there.Account.Prefix, there.Account.ProxyUrl)
                .ShouldBe((entry.Label, null, entry.Account!.Credential, entry.Account.Enabled, entry.Account.Priority, entry.Account.Weight, entry.Account.Concurrency, entry.Account.Prefix, entry.Account.ProxyUrl));
            there.Account.Headers.ShouldBe(entry.Account.Headers);
            there.Account.Tags.ShouldBe(entry.Account.Tags);
        }

        (await ImportAsync(two, bundle)).Accounts.ShouldAllBe(account => account.Action == AccountMergeAction.Same);
        two.Get<AccountRegistry>().Entries.Count.ShouldBe(2, "once more is no more");
        (await ImportAsync(one, bundle)).Accounts.ShouldAllBe(account => account.Action == AccountMergeAction.Same, "the host that it comes from has them");
        var audited = (await two.Get<AuditTrail>().ListAsync(new AuditQuery(), null, null, default)).Value!.Entries.Select(entry => entry.Action).ToList();
        (audited.Count(action => action == "account.import") >= 3, (await one.Get<AuditTrail>().ListAsync(new AuditQuery(), null, null, default)).Value!.Entries.Any(entry => entry.Action == "account.export")).ShouldBe((true, true));
    }

    [Theory]
    // Expiry here and in the bundle, in hours; whether each has to be signed in to again.
    [InlineData(1, 2, false, false, AccountMergeAction.Renew)]
    [InlineData(2, 1, false, false, AccountMergeAction.Keep)]
    [InlineData(2, 1, true, false, AccountMergeAction.Renew)]
    [InlineData(1, 2, false, true, AccountMergeAction.Keep)]
    [InlineData(1, 2, true, true, AccountMergeAction.Renew)]
    public async Task The_newer_credential_of_the_same_account_stays(int here, int there, bool deadHere, bool deadThere, AccountMergeAction action)
    {
        await using var one = await HostAsync();
        var theirs = await SignInAsync(one, Login("u1", null, "theirs", Noon.AddHours(there)));
        if (deadThere) await FailAsync(one, theirs.Id);
        await using var two = await HostAsync();
        var mine = await SignInAsync(two, Login("u1", null, "mine", Noon.AddHours(here)), "mine");
        if (deadHere) await FailAsync(two, mine.Id);

        var done = (await ImportAsync(two, await ExportAsync(one))).Accounts.ShouldHaveSingleItem();
        (done.Action, done.AccountId, done.Account, done.Problem).ShouldBe((action, mine.Id, "mine", null));
        var entry = two.Get<AccountRegistry>().Entries.ShouldHaveSingleItem();
        ((OAuthCredential)entry.Account!.Credential).RefreshToken.ShouldBe(action == AccountMergeAction.Renew ? "theirs" : "mine");
        if (action == AccountMergeAction.Renew) entry.Problem.ShouldBeNull("a new credential is what it was waiting for");
    }

    [Fact]
    public async Task An_account_that_nobody_can_tell_is_known_by_its_id_after_its_token_was_renewed()
    {
        await using var one = await HostAsync();
        var login = await SignInAsync(one, Login(null, null, "first", Noon));
        await using var two = await HostAsync();
        (await ImportAsync(two, await ExportAsync(one))).Accounts.Single().AccountId.ShouldBe(login.Id);
        (await one.Get<AccountService>().UpdateAsync(login.Id, new AccountUpdate { SignedIn = Login(null, null, "second", Noon.AddHours(1)).Credential }, default)).Outcome.ShouldBe(AccountUpdateOutcome.Saved);
        (await ImportAsync(two, await ExportAsync(one))).Accounts.Single().Action.ShouldBe(AccountMergeAction.Renew);
        ((OAuthCredential)two.Get<AccountRegistry>().Entries.ShouldHaveSingleItem().Account!.Credential).RefreshToken.ShouldBe("second");
    }

    [Fact]
    public async Task Accounts_of_others_of_the_file_and_of_unknown_providers_are_told_apart()
    {
        await using var one = await HostAsync();
        await SignInAsync(one, Login("u1", "lab", "a", Noon));
        await AddKeyAsync(one, "key", "sk-ant-of-both-hosts-1");
        await AddKeyAsync(one, "other", "sk-ant-of-one-host-only");
        var bundle = await ExportAsync(one);

        await using var two = await HostAsync("claude-api-key: [ { api-key: sk-ant-of-both-hosts-1, name: filed } ]\n");
        await SignInAsync(two, Login("u1", null, "b", Noon), "u1@stub");
        var done = await ImportAsync(two, bundle);
        done.Accounts.Select(account => (account.Label, account.Action, account.Account)).ShouldBe(
            [("u1@stub", AccountMergeAction.Add, "u1@stub #2"), ("key", AccountMergeAction.Configured, "filed"), ("other", AccountMergeAction.Add, "other")], ignoreOrder: true);

        await using var three = await ManagementFixture.StartAsync();
        done = await ImportAsync(three, bundle);
        (done.Accounts.Single(account => account.Provider == StubProvider.Id).Problem, done.Accounts.Count(account => account.Problem is null)).ShouldBe(("There is no provider 'stub' in this version.", 2));
    }

    [Fact]
    public async Task A_vendor_that_forbids_it_wants_an_acknowledgement_here_too()
    {
        await using var one = await HostAsync(position: ThirdPartyPosition.Forbidden);
        await SignInAsync(one, Login("u1", null, "a", Noon));
        var bundle = await ExportAsync(one);
        await using var two = await HostAsync(position: ThirdPartyPosition.Forbidden);
        (await ImportAsync(two, bundle)).Accounts.Single().Problem.ShouldNotBeNull().ShouldContain("does not allow this use");
        two.Get<AccountRegistry>().Entries.ShouldBeEmpty();
        (await two.Get<AccountImport>().ImportAsync(new AccountImportRequest(Passphrase, bundle.Content) { Acknowledged = true }, ManagementFixture.Owner, default).ValueAsync()).Accounts.Single().Problem.ShouldBeNull();
        (await ImportAsync(two, bundle)).Accounts.Single().Problem.ShouldBeNull("it is kept that it was read");
    }

    [Fact]
    public async Task What_cannot_be_made_or_opened_is_refused_and_changes_nothing()
    {
        await using var one = await HostAsync("claude-api-key: [ { api-key: sk-ant-one, name: filed } ]\n");
        var export = one.Get<AccountExport>();
        await export.ExportAsync(new AccountExportRequest("too short"), ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Invalid, "invalid_value");
        await export.ExportAsync(new AccountExportRequest(Passphrase), ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Invalid, "invalid_value");
        await export.ExportAsync(new AccountExportRequest(Passphrase) { Accounts = ["filed"] }, ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.ConfiguredInFile, "account_is_configured");
        await export.ExportAsync(new AccountExportRequest(Passphrase) { Accounts = ["nobody"] }, ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.NotFound, "not_found");
        await export.ExportAsync(new AccountExportRequest(Passphrase) { Provider = "nobody" }, ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Invalid, "invalid_value");
        await SignInAsync(one, Login("u1", null, "a", Noon));
        await AddKeyAsync(one, "key", "sk-ant-of-one-host-only");
        (await export.ExportAsync(new AccountExportRequest(Passphrase) { Provider = "claude" }, ManagementFixture.Owner, default).ValueAsync()).Accounts.Single().Label.ShouldBe("key");
        var bundle = await ExportAsync(one);

        await using var two = await HostAsync();
        var import = two.Get<AccountImport>();
        foreach (var (passphrase, content) in new[] { ("another passphrase", bundle.Content), (Passphrase, bundle.Content[..^1]), (Passphrase, "no bundle"u8.ToArray()), (Passphrase, []) })
            await import.ImportAsync(new AccountImportRequest(passphrase, content), ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Invalid, "bundle_unreadable");
        two.Get<AccountRegistry>().Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_is_moved_only_as_it_was_exported()
    {
        await using var one = await HostAsync();
        var login = await SignInAsync(one, Login("u1", null, "first", Noon));
        var exported = (await ExportAsync(one)).Accounts.Single();
        var store = one.Get<IGatewayStore>().Accounts;
        var administration = one.Get<AccountAdministration>();

        // A renewal is under way: what it brings is in no bundle.
        var stored = (await store.GetAsync(login.Id))!;
        (await store.UpdateAsync(stored with { Refresh = new RefreshIntent(1, "hash", Noon) })).Saved.ShouldBeTrue();
        (await administration.RemoveAsync(login.Id, ManagementFixture.Owner, default, exported.Version))!.Kind.ShouldBe(ManagementErrorKind.VersionConflict);
        var during = (await ExportAsync(one)).Accounts.Single();
        during.Warning.ShouldNotBeNull().ShouldContain("may be spent");
        (await administration.RemoveAsync(login.Id, ManagementFixture.Owner, default, during.Version))!.Kind.ShouldBe(ManagementErrorKind.VersionConflict);

        stored = (await store.GetAsync(login.Id))!;
        (await store.UpdateAsync(stored with { Refresh = null })).Saved.ShouldBeTrue();
        await one.Get<AccountRegistry>().RefreshAsync(default);
        var after = (await ExportAsync(one)).Accounts.Single();
        (await administration.RemoveAsync(login.Id, ManagementFixture.Owner, default, after.Version)).ShouldBeNull();
        one.Get<AccountRegistry>().Entries.ShouldBeEmpty();
        (await administration.RemoveAsync(login.Id, ManagementFixture.Owner, default, after.Version))!.Kind.ShouldBe(ManagementErrorKind.NotFound);
    }

    private static Task<ManagementFixture> HostAsync(string yaml = "", ThirdPartyPosition position = ThirdPartyPosition.Allowed) => ManagementFixture.StartAsync(yaml, more: new StubProvider(position).Module);

    private static LoginResult Login(string? account, string? organization, string refresh, DateTimeOffset expires) => new(
        new OAuthCredential { AccessToken = "access-of-" + refresh, RefreshToken = refresh, Expires = expires, AccountId = account, OrganizationId = organization, Extra = new Dictionary<string, string> { ["region"] = "eu" } }, $"{account ?? "someone"}@stub")
    {
        AccountId = account, OrganizationId = organization,
    };

    private static async Task<AccountEntry> SignInAsync(ManagementFixture host, LoginResult login, string? label = null)
        => (await host.Get<LoginAccounts>().SaveAsync(StubProvider.Id, login, null, label, null, default)).Account.ShouldNotBeNull();

    private static Task<AccountView> AddKeyAsync(ManagementFixture host, string label, string key)
        => host.Get<AccountAdministration>().AddAsync(new AccountUpdate { Provider = "claude", Label = label, Credential = new Dictionary<string, string> { ["api-key"] = key } }, verify: false, ManagementFixture.Owner, default).ValueAsync();

    /// <summary>The vendor does not take the login any more.</summary>
    private static async Task FailAsync(ManagementFixture host, string id)
    {
        var store = host.Get<IGatewayStore>().Accounts;
        (await store.UpdateAsync((await store.GetAsync(id))! with { Problem = $"{StoredAccount.SignInProblem}: it was revoked." })).Saved.ShouldBeTrue();
        await host.Get<AccountRegistry>().RefreshAsync(default);
    }

    private static Task<AccountExportView> ExportAsync(ManagementFixture host) => host.Get<AccountExport>().ExportAsync(new AccountExportRequest(Passphrase), ManagementFixture.Owner, default).ValueAsync();

    private static Task<AccountImportView> ImportAsync(ManagementFixture host, AccountExportView bundle, bool dry = false)
        => host.Get<AccountImport>().ImportAsync(new AccountImportRequest(Passphrase, bundle.Content) { DryRun = dry }, ManagementFixture.Owner, default).ValueAsync();

    private static Dictionary<string, JsonElement> Settings(params (string Key, object Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => JsonSerializer.SerializeToElement(pair.Value));
}
