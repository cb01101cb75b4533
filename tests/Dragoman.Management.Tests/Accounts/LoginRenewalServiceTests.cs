using Dragoman.Gateway.Providers;
using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>Renewing a login because a person wants it, and what is told of credentials.</summary>
public sealed class LoginRenewalServiceTests
{
    private readonly StubProvider _stub = new();

    [Fact]
    public async Task A_login_is_renewed_although_it_is_not_due()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var id = await SignOutServiceTests.SignInAsync(fixture);
        var end = fixture.Time.GetUtcNow().AddHours(1);
        _stub.Renew = login => TokenRefresh.Renewed(login with { AccessToken = "new", Expires = end });

        (await fixture.Get<LoginRenewalService>().RenewAsync("u1@stub", ManagementFixture.Owner, default).ValueAsync()).Id.ShouldBe(id);

        var facts = fixture.Get<AccountCredentials>().Describe(id).ShouldNotBeNull();
        (facts.Kind, facts.IsRenewable, facts.ExpiresAt, facts.AccountId, facts.Facts["region"]).ShouldBe(("oauth", true, end, "u1", "eu"));
        facts.ToString().ShouldNotContain(StubProvider.Secret);
        (await fixture.AuditAsync()).ShouldContain(line => line.StartsWith($"account.renew {id} done", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_keeps_a_login_from_being_renewed_is_told()
    {
        await using var fixture = await ManagementFixture.StartAsync("openai-compatibility: [ { name: filed, base-url: 'http://127.0.0.1:9/v1', api-key-entries: [ { api-key: k } ], models: [ { name: m } ] } ]\n", more: _stub.Module);
        var service = fixture.Get<LoginRenewalService>();
        await SignOutServiceTests.SignInAsync(fixture);

        (await service.RenewAsync("u1@stub", ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Conflict, "login_not_renewed")).Message.ShouldContain("No.");
        _stub.Renew = static _ => TokenRefresh.Refused("it is spent");
        (await service.RenewAsync("u1@stub", ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Conflict, "account_needs_sign_in")).Message.ShouldContain("it is spent");
        await service.RenewAsync("filed", ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.Conflict, "not_renewable");
        await service.RenewAsync("nobody", ManagementFixture.Owner, default).ErrorAsync(ManagementErrorKind.NotFound, "not_found");
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_a_result()
    {
        await using var fixture = await ManagementFixture.StartAsync("openai-compatibility: [ { name: filed, base-url: 'http://127.0.0.1:9/v1', api-key-entries: [ { api-key: k } ], models: [ { name: m } ] } ]\n", more: _stub.Module);
        var found = await fixture.Get<AccountProber>().ProbeAsync("filed", default).ValueAsync();
        (found.Ok, found.Status).ShouldBe((false, null));
        found.Words.ShouldContain("cannot be reached");
        found.LatencyMs.ShouldBeGreaterThanOrEqualTo(0);
        await fixture.Get<AccountProber>().ProbeAsync("nobody", default).ErrorAsync(ManagementErrorKind.NotFound, "not_found");
    }
}
