using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Audit;

/// <summary>The audit log: who did what, in one line, page by page.</summary>
public sealed class AuditTrailTests
{
    [Fact]
    public async Task Entries_say_who_acted_and_are_read_newest_first()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var audit = fixture.Get<AuditTrail>();
        await audit.RecordAsync(ManagementFixture.Owner, "key.add", "k1", AuditTrail.Done, "two\nlines\u001b[31m");
        await audit.RecordAsync(Actor.Gateway, "account.add", "a1", AuditTrail.Refused);
        var first = await audit.ListAsync(new AuditQuery(), 1, null, default).ValueAsync();
        var entry = first.Entries.ShouldHaveSingleItem();
        (entry.Actor, entry.Source, entry.Action, entry.Outcome).ShouldBe(("gateway", "", "account.add", "refused"));
        var second = (await audit.ListAsync(new AuditQuery(), 1, first.Next, default).ValueAsync()).Entries.ShouldHaveSingleItem();
        (second.Actor, second.Source, second.Detail, second.At).ShouldBe(("management", "192.0.2.1", "two lines\\u001b[31m", fixture.Time.GetUtcNow()));
        (await audit.ListAsync(new AuditQuery { Action = "key." }, null, null, default).ValueAsync()).Entries.Count.ShouldBe(1);
        (await audit.ListAsync(new AuditQuery(), 0, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("limit");
    }

    [Fact]
    public async Task A_store_that_is_away_undoes_nothing()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var audit = fixture.Get<AuditTrail>();
        await fixture.LoseStoreAsync();
        await Should.NotThrowAsync(audit.RecordAsync(ManagementFixture.Owner, "key.add", "k1"));
        await audit.ListAsync(new AuditQuery(), null, null, default).ErrorAsync(Unavailable, "store_unavailable");
    }
}
