using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.Logins;

/// <summary>A file that does not say whose login it holds is known again once it was imported.</summary>
public sealed class ImportedLoginsTests
{
    private static readonly string Digest = ImportedIdentity.DigestOf(StubProvider.Secret)!;

    [Fact]
    public async Task A_file_whose_account_nobody_can_tell_renews_the_account_that_it_became()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Redeem = static (_, _) => Task.FromResult(Nameless("first"));
        var first = await ImportAsync(fixture);
        first.Status.ShouldBe(LoginStatus.Saved);

        // The gateway has renewed the login since: nothing of it is in the file any more.
        fixture.Vendor.Redeem = static (_, _) => Task.FromResult(Nameless("second"));
        var second = await ImportAsync(fixture);
        (second.AccountId, second.Result!.Renews).ShouldBe((first.AccountId, first.Account));
        fixture.Gateway.Get<AccountRegistry>().Entries.Count(entry => entry.Account?.Provider == StubProvider.Id).ShouldBe(1);

        var listed = (await fixture.Gateway.Get<ImportedLogins>().ListAsync(default)).Value!.Imports;
        listed.ShouldBe([new ImportedLoginView(StubProvider.Id, ImportedIdentity.DigestOf("second")!, first.AccountId!, first.Account!), new ImportedLoginView(StubProvider.Id, Digest, first.AccountId!, first.Account!)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_login_that_is_here_is_known_however_it_came()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var saved = await fixture.StartLoginAsync(start => start with { Flow = "browser" });
        await fixture.Logins.CompleteAsync(saved.Id, "code", ManagementFixture.Owner, default);
        (await fixture.Logins.ConfirmAsync(saved.Id, null, ManagementFixture.Owner, default)).Succeeded.ShouldBeTrue();
        var account = (await fixture.Gateway.Get<ImportedLogins>().FindAsync(StubProvider.Id, ImportedIdentity.DigestOf("refresh-" + StubProvider.Secret)!, default))!;
        account.Account!.Credential.ShouldBeOfType<OAuthCredential>().AccountId.ShouldBe("u1");
    }

    [Fact]
    public async Task What_was_known_of_a_removed_account_is_forgotten()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Redeem = static (_, _) => Task.FromResult(Nameless("first"));
        var first = await ImportAsync(fixture);
        (await fixture.Gateway.Get<AccountAdministration>().RemoveAsync(first.AccountId!, ManagementFixture.Owner, default)).ShouldBeNull();
        var imports = fixture.Gateway.Get<ImportedLogins>();
        (await imports.FindAsync(StubProvider.Id, Digest, default)).ShouldBeNull();
        (await imports.ListAsync(default)).Value!.Imports.ShouldBeEmpty();
        await imports.AddAsync(StubProvider.Id, "other", "somebody", default);
        var kept = await fixture.Gateway.Get<IGatewayStore>().Settings.ListAsync();
        kept.Where(setting => setting.Name.StartsWith("imported.", StringComparison.Ordinal)).Select(setting => setting.Value).ShouldBe(["somebody"]);
    }

    private static LoginResult Nameless(string refresh) => new(new OAuthCredential { AccessToken = "access-of-" + refresh, RefreshToken = refresh }, "stub");

    private static Task<LoginView> ImportAsync(LoginFixture fixture) => fixture.StartLoginAsync(start => start with { Flow = "import", Content = "good", SaveAtOnce = true });
}
