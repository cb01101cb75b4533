using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>What has been kept long enough goes, what its owner wants stays, and only one node is at it.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Age_takes_bodies_first_then_flows_and_never_what_is_bookmarked()
    {
        await using var rig = await GatewayFixture.StartAsync("flows: { retention-days: 10, bodies-retention-days: 2 }\n");
        var store = rig.Gateway.Store;
        await store.Flows.AppendAsync([Flow("new", 1), Flow("bare", 5), Flow("old", 20), Flow("kept", 30) with { Marks = new FlowMarks { Bookmarked = true } }]);
        await store.Audit.AppendAsync([Entry(100), Entry(5)]);
        await store.Responses.SaveAsync(new ResponseStateRecord { Id = "r1", Response = "{}"u8.ToArray(), InputItems = "[]"u8.ToArray(), CreatedAt = Now.AddDays(-2), ExpiresAt = Now.AddDays(-1) });
        var report = await rig.Gateway.Retention.RunAsync();
        report.ShouldNotBeNull();
        (report.Flows, report.Bodies, report.Audit, report.Responses).ShouldBe((1, 1, 1, 1));
        (await FlowFixture.ListAsync(rig.Http)).Select(flow => flow.Text("id")).ShouldBe(["new", "bare", "kept"]);
        (await FlowFixture.BodiesAsync(rig.Http, "new")).Count.ShouldBe(1);
        (await FlowFixture.BodiesAsync(rig.Http, "bare")).ShouldBeEmpty();
        (await FlowFixture.BodiesAsync(rig.Http, "kept")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Size_takes_the_oldest_bodies_and_then_the_oldest_flows()
    {
        await using var rig = await GatewayFixture.StartAsync("flows: { retention-days: 0, bodies-retention-days: 0, max-size-mb: 1 }\n");
        var store = rig.Gateway.Store;
        var random = new Random(3);
        var noise = new byte[200_000];
        random.NextBytes(noise);
        await store.Flows.AppendAsync([.. Enumerable.Range(1, 8).Select(days => Flow($"d{days}", days) with { Bodies = [new FlowBody(FlowBodyKind.ClientRequest, 0, "application/json", noise, noise.Length)] })]);
        var report = await rig.Gateway.Retention.RunAsync();
        (report!.Flows, report.Bodies).ShouldBe((0, 3));
        (await store.Flows.TotalsAsync()).Bytes.ShouldBeLessThanOrEqualTo(1 << 20);
        (await FlowFixture.BodiesAsync(rig.Http, "d8")).ShouldBeEmpty();
        (await FlowFixture.BodiesAsync(rig.Http, "d5")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_node_at_a_time()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var leases = rig.Gateway.Store.Leases;
        var other = await leases.TryTakeAsync("job:retention", "another-node", TimeSpan.FromMinutes(1));
        (await rig.Gateway.Retention.RunAsync()).ShouldBeNull();
        await leases.ReleaseAsync(other!);
        (await rig.Gateway.Retention.RunAsync()).ShouldNotBeNull();
        (await rig.Gateway.Retention.RunAsync()).ShouldNotBeNull("a run gives the lease back");
    }

    private static FlowRecord Flow(string id, int daysAgo) => new()
    {
        Id = id, StartedAt = Now.AddDays(-daysAgo), Status = 200, Bodies = [new FlowBody(FlowBodyKind.ClientRequest, 0, "application/json", Encoding.UTF8.GetBytes("{}"), 2)],
    };

    private static AuditEntry Entry(int daysAgo) => new(Now.AddDays(-daysAgo), "management", "", "key.add", "k", "done", "");
}
