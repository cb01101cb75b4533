using Dragoman.Management.Health;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.Health;

/// <summary>The report of how everything is.</summary>
public sealed class HealthReporterTests
{
    [Fact]
    public async Task All_is_well_until_the_store_is_away_or_the_file_has_an_error()
    {
        await using var fixture = await ManagementFixture.StartAsync("claude-api-key: [ { api-key: k } ]\n");
        var health = fixture.Get<HealthReporter>();
        fixture.Time.Advance(TimeSpan.FromSeconds(90));
        var well = await health.ReportAsync(default);
        (well.Status, well.Store.Healthy, well.UptimeSeconds, well.Accounts.Ready, well.Node).ShouldBe(("ok", true, 90, 1, "test"));
        well.Parts.Keys.ShouldBe(["flows", "usage"], ignoreOrder: true);
        await fixture.LoseStoreAsync();
        fixture.Time.Advance(StoreProbe.CacheTime);
        var away = await health.ReportAsync(default);
        (away.Status, away.Store.Healthy).ShouldBe(("degraded", false));
        away.Store.Problem.ShouldNotBeNullOrWhiteSpace();
    }
}
