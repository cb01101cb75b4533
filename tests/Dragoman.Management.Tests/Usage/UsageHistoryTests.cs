using Dragoman.Gateway.Persistence;
using Dragoman.Management.Tests.Support;
using Dragoman.Management.Usage;

namespace Dragoman.Management.Tests.Usage;

/// <summary>Usage of another gateway, taken over into the ledger.</summary>
public sealed class UsageHistoryTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static PastUsage Past(string client = "sk-a-clients-key", int minute = 0, bool failed = false, long input = 10) => new(client, "gpt-5.5", At.AddMinutes(minute), "ada@example.com", "a1", 1_500, failed, input, 5, 2, 3);

    [Fact]
    public async Task Each_request_is_taken_once_however_often_it_is_given()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var history = fixture.Get<UsageHistory>();

        var first = await history.ImportAsync([Past(), Past(minute: 1), Past(minute: 1), Past(minute: 2, failed: true)], ManagementFixture.Owner, default).ValueAsync();
        first.ShouldBe(new UsageImportView(3, 1, 3, 1));
        (await history.ImportAsync([Past(), Past(minute: 3)], ManagementFixture.Owner, default).ValueAsync()).ShouldBe(new UsageImportView(1, 1, 4, 1));
        (await history.ImportAsync([], ManagementFixture.Owner, default).ValueAsync()).ShouldBe(new UsageImportView(0, 0, 4, 1));
        (await fixture.AuditAsync()).Count(static line => line.StartsWith("usage.import", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_kept_has_the_numbers_and_no_key()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        await fixture.Get<UsageHistory>().ImportAsync([Past(input: -4)], ManagementFixture.Owner, default).ValueAsync();

        var entry = (await fixture.Store.Usage.ListAsync(new UsageQuery(), new PageRequest(10))).Items.ShouldHaveSingleItem();

        (entry.At, entry.Model, entry.InputTokens, entry.OutputTokens, entry.ReasoningTokens, entry.CachedTokens, entry.Duration, entry.Status).ShouldBe((At, "gpt-5.5", 0, 5, 2, 3, TimeSpan.FromMilliseconds(1_500), 200));
        entry.KeyId.ShouldStartWith("past:");
        entry.ToString().ShouldNotContain("sk-a-clients-key");
    }

    [Fact]
    public async Task Without_the_store_nothing_is_taken()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        await fixture.LoseStoreAsync();
        (await fixture.Get<UsageHistory>().ImportAsync([Past()], ManagementFixture.Owner, default)).Error!.Kind.ShouldBe(ManagementErrorKind.Unavailable);
    }
}
