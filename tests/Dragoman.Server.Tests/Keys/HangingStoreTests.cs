using Dragoman.Server.Tests.Serving;
using Npgsql;

namespace Dragoman.Server.Tests.Keys;

/// <summary>A gateway whose PostgreSQL stops answering without closing a connection.</summary>
[Trait("speed", "slow")]
public sealed class HangingStoreTests
{
    /// <summary>Far below the half minute for which everything stood still once, far above what a busy machine needs.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Only_requests_that_need_the_store_are_refused_and_they_are_served_again_when_it_answers()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        var address = new NpgsqlConnectionStringBuilder(place.Address);
        await using var proxy = new StallingProxy(address.Port);
        address.Port = proxy.Port;
        await using var rig = await KeyRig.StartAsync(more: $"store: {{ postgres: \"{address.ConnectionString}\" }}\n");
        try
        {
            var (_, budgeted) = await rig.MakeAsync("budgeted", """ "budgets":[{"unit":"tokens","period":"day","limit":1000000}] """);
            var (_, free) = await rig.MakeAsync("free");
            (await rig.StatusAsync(budgeted)).ShouldBe(200);
            (await rig.StatusAsync(free)).ShouldBe(200);
            var calls = rig.Upstream.Calls;

            proxy.Stall();
            var waiting = Enumerable.Range(0, 60).Select(_ => RefusedAsync(rig, budgeted)).ToArray();
            for (var round = 0; round < 20; round++)
            {
                (await rig.StatusAsync(free).WaitAsync(Long)).ShouldBe(200);
                using var health = await rig.SendAsync(HttpMethod.Get, "/health", null, null).WaitAsync(Long);
                ((int)health.StatusCode).ShouldBe(200);
            }

            var refused = await Task.WhenAll(waiting).WaitAsync(Long);
            refused.ShouldAllBe(answer => answer.Status == 503 && answer.Text.Contains("\"error\"", StringComparison.Ordinal) && answer.Text.Contains("store", StringComparison.OrdinalIgnoreCase));
            (await rig.StatusAsync(free).WaitAsync(Long)).ShouldBe(200);
            rig.Upstream.Calls.ShouldBe(calls + 21);

            proxy.GoOn();
            var end = Environment.TickCount64 + 30_000;
            while (await rig.StatusAsync(budgeted) != 200)
            {
                Environment.TickCount64.ShouldBeLessThan(end);
                await Task.Delay(100);
            }
        }
        finally
        {
            proxy.GoOn();
        }
    }

    private static async Task<(int Status, string Text)> RefusedAsync(KeyRig rig, string key)
    {
        using var answer = await rig.AskAsync(key);
        return ((int)answer.StatusCode, await answer.TextAsync());
    }
}
