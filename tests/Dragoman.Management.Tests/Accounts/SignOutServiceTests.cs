using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>Signing an account out.</summary>
public sealed class SignOutServiceTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("the vendor says no")]
    public async Task The_tokens_are_revoked_and_the_account_is_gone_either_way(string? refusal)
    {
        var stub = new StubProvider();
        await using var fixture = await ManagementFixture.StartAsync(more: stub.Module);
        var id = await SignInAsync(fixture);
        string? revoked = null;
        stub.Revoke = login =>
        {
            revoked = login.RefreshToken;
            return refusal;
        };

        var result = (await fixture.Get<SignOutService>().SignOutAsync("u1@stub", ManagementFixture.Owner, default)).Value.ShouldNotBeNull();

        revoked.ShouldBe("refresh-" + StubProvider.Secret);
        result.ShouldBe(new SignOutView("u1@stub", refusal is null, refusal));
        (await fixture.Store.Accounts.GetAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_vendor_that_cannot_be_reached_keeps_nobody_signed_in_here()
    {
        var stub = new StubProvider();
        await using var fixture = await ManagementFixture.StartAsync(more: stub.Module);
        var id = await SignInAsync(fixture);
        stub.Revoke = static _ => throw new HttpRequestException("stub.invalid cannot be reached.");

        var result = (await fixture.Get<SignOutService>().SignOutAsync(id, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();

        result.ShouldBe(new SignOutView("u1@stub", false, "stub.invalid cannot be reached."));
        (await fixture.Store.Accounts.GetAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task An_account_of_the_file_and_one_with_a_key_are_left_alone()
    {
        await using var fixture = await ManagementFixture.StartAsync("openai-compatibility: [ { name: filed, base-url: 'http://127.0.0.1:9/v1', api-key-entries: [ { api-key: k } ], models: [ { name: m } ] } ]\n");
        var service = fixture.Get<SignOutService>();

        (await service.SignOutAsync("filed", ManagementFixture.Owner, default)).Error.ShouldNotBeNull().Code.ShouldBe("account_is_configured");
        (await service.SignOutAsync("nobody", ManagementFixture.Owner, default)).Error.ShouldNotBeNull().Kind.ShouldBe(ManagementErrorKind.NotFound);
    }

    internal static async Task<string> SignInAsync(ManagementFixture fixture)
    {
        var service = fixture.Get<LoginService>();
        (await service.StartAsync(new LoginStart(StubProvider.Id) { Flow = "import", Content = "good", SaveAtOnce = true }, new Uri("http://127.0.0.1:8317"), ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        return (await fixture.Store.Accounts.ListAsync()).ShouldHaveSingleItem().Id;
    }
}
