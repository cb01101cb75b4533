using Dragoman.Gateway.Persistence;
using Dragoman.Management.Health;
using Dragoman.Testing;
using NSubstitute;

namespace Dragoman.Management.Tests.Health;

/// <summary>The store is asked for a sign of life once for all who want to know.</summary>
public sealed class StoreProbeTests
{
    [Fact]
    public async Task A_store_that_hangs_is_away_and_is_asked_once()
    {
        var hanging = new TaskCompletionSource<StoreHealth>();
        var store = Substitute.For<IGatewayStore>();
        store.CheckAsync(Arg.Any<CancellationToken>()).Returns(hanging.Task);
        var time = new ManualTime();
        await using var probe = new StoreProbe(store, time);
        var asked = Task.WhenAll(probe.CheckAsync(default), probe.CheckAsync(default));
        time.Advance(TimeSpan.FromSeconds(2));
        (await asked).ShouldAllBe(health => !health.Healthy && health.Problem!.Contains("did not answer"));
        await store.Received(1).CheckAsync(Arg.Any<CancellationToken>());
        hanging.SetResult(new StoreHealth { Engine = "sqlite", Healthy = true });
        (await probe.CheckAsync(default)).Healthy.ShouldBeTrue();
    }
}
