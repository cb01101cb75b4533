using System.Net;
using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Access;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Access;

/// <summary>Sessions of the panel: begun with the secret, kept as hashes, ended by time, by hand and by another secret.</summary>
public sealed class PanelSessionsTests
{
    private const string Secret = "long-enough-for-all";
    private const string Configured = "remote-management: { secret-key: long-enough-for-all, session-idle: 2h, session-lifetime: 5h }\n";
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.7");

    [Fact]
    public async Task A_session_begins_with_the_secret_and_nothing_that_is_kept_lets_anybody_in()
    {
        await using var fixture = await ManagementFixture.StartAsync(Configured);
        var sessions = fixture.Get<PanelSessions>();
        (await sessions.StartAsync("wrong", Peer, "", ManagementFixture.Owner, default)).Error!.Code.ShouldBe("invalid_management_key");
        (await sessions.StartAsync(null, Peer, "", ManagementFixture.Owner, default)).Error!.Code.ShouldBe("missing_management_key");
        (await fixture.Store.PanelSessions.ListAsync()).ShouldBeEmpty();
        var started = (await sessions.StartAsync(Secret, Peer, new string('b', 5_000), ManagementFixture.Owner, default)).Value!;
        (await sessions.UseAsync(started.Token, default)).Value!.Id.ShouldBe(started.Session.Id);
        var kept = (await fixture.Store.PanelSessions.ListAsync()).ShouldHaveSingleItem();
        kept.UserAgent.Length.ShouldBe(300);
        foreach (var part in (byte[][])[kept.TokenHash.ToArray(), kept.SecretProof.ToArray()])
        {
            Encoding.UTF8.GetString(part).ShouldNotContain(started.Token);
            (await sessions.UseAsync($"{kept.Id}.{System.Buffers.Text.Base64Url.EncodeToString(part)}", default)).Error!.Code.ShouldBe(PanelSessions.EndedCode);
        }

        started.ToString().ShouldNotContain(started.Token);
        (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!.Token.ShouldNotBe(started.Token);
        (await fixture.AuditAsync()).Select(line => line.Split(' ')[0]).ShouldBe(["login.failed", "session.begin", "session.begin"]);
    }

    [Fact]
    public async Task It_ends_when_nobody_uses_it_and_at_its_age()
    {
        await using var fixture = await ManagementFixture.StartAsync(Configured);
        var sessions = fixture.Get<PanelSessions>();
        var idle = (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!;
        var used = (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!;
        for (var i = 0; i < 4; i++)
        {
            fixture.Time.Advance(TimeSpan.FromHours(1));
            (await sessions.UseAsync(used.Token, default)).Succeeded.ShouldBeTrue($"after {i + 1} h");
        }

        (await sessions.UseAsync(idle.Token, default)).Error!.ShouldSatisfyAllConditions(error => error.Kind.ShouldBe(Unauthenticated), error => error.Code.ShouldBe(PanelSessions.EndedCode));
        (await sessions.ListAsync(used.Session.Id, default)).Value!.Sessions.ShouldHaveSingleItem().Current.ShouldBeTrue();
        fixture.Time.Advance(TimeSpan.FromHours(1));
        (await sessions.UseAsync(used.Token, default)).Error!.Code.ShouldBe(PanelSessions.EndedCode, "however much it is used");
        await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default);
        (await fixture.Store.PanelSessions.ListAsync()).Count.ShouldBe(1, "what has ended is dropped");
    }

    [Fact]
    public async Task Another_secret_ends_it_wherever_it_was_changed()
    {
        await using var fixture = await ManagementFixture.StartAsync(Configured);
        var (sessions, service, secret) = (fixture.Get<PanelSessions>(), fixture.Get<ManagementSecretService>(), fixture.Get<ManagementSecret>());
        var first = (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!;
        (await service.SetAsync("a-second-secret", ManagementFixture.Owner, default)).ShouldBeNull();
        (await sessions.UseAsync(first.Token, default)).Error!.Code.ShouldBe(PanelSessions.EndedCode);
        (await sessions.ListAsync(null, default)).Value!.Sessions.ShouldBeEmpty();
        var second = (await sessions.StartAsync("a-second-secret", Peer, "", ManagementFixture.Owner, default)).Value!;
        // By a command, or on another node: only the store tells of it.
        await ManagementSecret.StoreAsync(fixture.Store, fixture.Get<ISecretProtector>(), "a-third-secret-of-all", default);
        await secret.LoadAsync(default);
        (await sessions.UseAsync(second.Token, default)).Error!.Code.ShouldBe(PanelSessions.EndedCode);
        var third = (await sessions.StartAsync("a-third-secret-of-all", Peer, "", ManagementFixture.Owner, default)).Value!;
        (await service.RemoveAsync(ManagementFixture.Owner, default)).ShouldBeNull();
        (await sessions.UseAsync(third.Token, default)).Error!.Code.ShouldBe(PanelSessions.EndedCode);
    }

    [Fact]
    public async Task A_store_that_is_away_ends_no_session_that_was_just_used()
    {
        await using var fixture = await ManagementFixture.StartAsync(Configured);
        var sessions = fixture.Get<PanelSessions>();
        var used = (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!;
        var other = (await sessions.StartAsync(Secret, Peer, "", ManagementFixture.Owner, default)).Value!;
        (await sessions.UseAsync(used.Token, default)).Succeeded.ShouldBeTrue();
        await fixture.LoseStoreAsync();
        (await sessions.UseAsync(used.Token, default)).Succeeded.ShouldBeTrue();
        (await sessions.UseAsync(used.Session.Id + other.Token[16..], default)).Succeeded.ShouldBeFalse();
        (await sessions.UseAsync(other.Token, default)).Error!.Kind.ShouldBe(Unavailable);
        (await sessions.EndAsync(used.Session.Id, ManagementFixture.Owner, default))!.Kind.ShouldBe(Unavailable);
        fixture.Time.Advance(TimeSpan.FromHours(3));
        (await sessions.UseAsync(used.Token, default)).Error!.Code.ShouldBe(PanelSessions.EndedCode);
    }
}
