using System.Net;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Access;
using Dragoman.Management.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Access;

/// <summary>The management secret: kept, followed in the store, and asked of whoever manages.</summary>
public sealed class ManagementSecretTests
{
    private const string Secret = "long-enough-for-all";
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.7");

    [Fact]
    public async Task A_secret_is_set_checked_and_removed()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var (service, secret, login) = (fixture.Get<ManagementSecretService>(), fixture.Get<ManagementSecret>(), fixture.Get<ManagementLogin>());
        (await login.CheckAsync(Secret, Peer, ManagementFixture.Owner, default))!.Kind.ShouldBe(Forbidden, "there is none");
        foreach (var bad in (string[])["short", "has a space in it", "not-of-ascii-ä"]) (await service.SetAsync(bad, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("secret");
        (await service.SetAsync(Secret, ManagementFixture.Owner, default)).ShouldBeNull();
        (secret.IsSet, await secret.MatchesAsync(Secret, default), await secret.MatchesAsync("another", default)).ShouldBe((true, true, false));
        (await login.CheckAsync(Secret, Peer, ManagementFixture.Owner, default)).ShouldBeNull();
        (await service.RemoveAsync(ManagementFixture.Owner, default)).ShouldBeNull();
        secret.IsSet.ShouldBeFalse();
        await service.RemoveAsync(ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        (await fixture.AuditAsync()).ShouldBe(["settings.secret management.secret done set", "settings.secret management.secret done removed"]);
        await fixture.LoseStoreAsync();
        await service.SetAsync(Secret, ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
        await service.RemoveAsync(ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
    }

    [Fact]
    public async Task Five_wrong_secrets_lock_the_address_out_and_to_show_nothing_is_no_guess()
    {
        await using var fixture = await ManagementFixture.StartAsync("remote-management: { secret-key: s3cret-of-the-owner }\n");
        var login = fixture.Get<ManagementLogin>();
        for (var i = 0; i < 9; i++) (await login.CheckAsync("", Peer, ManagementFixture.Owner, default))!.ShouldSatisfyAllConditions(error => error.Kind.ShouldBe(Unauthenticated), error => error.Code.ShouldBe("missing_management_key"));
        for (var i = 0; i < 4; i++) (await login.CheckAsync("wrong", Peer, ManagementFixture.Owner, default))!.Code.ShouldBe("invalid_management_key");
        login.FindLockOut(Peer).ShouldBeNull();
        var locked = (await login.CheckAsync("wrong", Peer, ManagementFixture.Owner, default)).ShouldNotBeNull();
        (locked.Kind, locked.RetryAfter).ShouldBe((LockedOut, LoginFailures.First));
        (await login.CheckAsync("s3cret-of-the-owner", Peer, ManagementFixture.Owner, default))!.Kind.ShouldBe(LockedOut);
        (await login.CheckAsync("s3cret-of-the-owner", IPAddress.Parse("192.0.2.8"), ManagementFixture.Owner, default)).ShouldBeNull();
        fixture.Time.Advance(LoginFailures.First);
        (await login.CheckAsync("s3cret-of-the-owner", Peer, ManagementFixture.Owner, default)).ShouldBeNull();
        (await fixture.AuditAsync()).Select(line => line.Split(' ')[0]).ShouldBe(["login.failed", "login.failed", "login.failed", "login.failed", "login.locked"]);
    }

    [Fact]
    public async Task A_change_in_the_store_is_taken_up_by_itself()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var secret = fixture.Get<ManagementSecret>();
        await ManagementSecret.StoreAsync(fixture.Store, fixture.Get<ISecretProtector>(), Secret, default);
        await Poll.UntilAsync(() => secret.IsSet);
        await fixture.Store.Settings.RemoveAsync(ManagementSecret.SettingName);
        await Poll.UntilAsync(() => !secret.IsSet);
    }

    [Fact]
    public async Task A_store_that_is_away_is_asked_again_and_the_secret_known_before_stays_in_force()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        await ManagementSecret.StoreAsync(fixture.Store, fixture.Get<ISecretProtector>(), Secret, default);
        var isAway = true;
        var settings = Substitute.For<ISettingStore>();
        settings.GetAsync(ManagementSecret.SettingName, Arg.Any<CancellationToken>()).Returns(call => isAway ? throw new StoreException(StoreFault.Unavailable, "away") : fixture.Store.Settings.GetAsync(call.Arg<string>(), call.Arg<CancellationToken>()));
        var store = Substitute.For<IGatewayStore>();
        store.Settings.Returns(settings);
        store.Changes.Returns(fixture.Store.Changes);
        var time = new ManualTime();
        await using var secret = new ManagementSecret(fixture.Get<Func<GatewayConfig>>(), store, fixture.Get<ISecretProtector>(), _ => null, time, NullLogger.Instance);
        await secret.OpenAsync(default);
        secret.IsSet.ShouldBeFalse("the store was away");
        isAway = false;
        await Poll.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return secret.IsSet;
        });
        (await secret.MatchesAsync(Secret, default)).ShouldBeTrue();
        isAway = true;
        await secret.LoadAsync(default);
        (await secret.MatchesAsync(Secret, default)).ShouldBeTrue("the one known before");
    }
}
