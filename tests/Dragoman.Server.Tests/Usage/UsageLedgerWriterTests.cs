using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Dragoman.Server.Tests.Usage;

/// <summary>The ledger's writer, before a store that comes and goes.</summary>
public sealed class UsageLedgerWriterTests
{
    [Fact]
    public async Task What_the_store_would_not_take_is_kept_and_written_when_it_is_back()
    {
        var time = new ManualTime();
        var away = true;
        var tried = new SemaphoreSlim(0);
        var settled = new List<string>();
        var released = new List<string>();
        var appended = new List<string>();
        var store = Substitute.For<IGatewayStore>();
        store.Usage.AppendAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            tried.Release();
            if (Volatile.Read(ref away)) throw new StoreException(StoreFault.Unavailable, "gone fishing");
            appended.AddRange(call.Arg<IReadOnlyList<UsageEntry>>().Select(entry => entry.RequestId));
            return appended.Count;
        });
        store.Budgets.SettleAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            settled.Add(call.Arg<UsageEntry>().RequestId);
            return true;
        });
        store.Budgets.ReleaseAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            released.Add(call.Arg<string>());
            return true;
        });
        await using var book = new UsageLedgerWriter(store, time, NullLogger.Instance);
        book.SettleLater(Entry("one"), release: false);
        book.SettleLater(Entry("two"), release: true);
        var flushed = book.FlushAsync(CancellationToken.None);
        await tried.WaitAsync();
        await Poll.UntilAsync(() => book.Problem is not null);
        book.Problem.ShouldBe("gone fishing");
        Volatile.Write(ref away, false);
        while (!flushed.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        settled.ShouldBe(["one"]);
        released.ShouldBe(["two"]);
        appended.ShouldBe(["two"], "what was settled is in the ledger by that");
        book.Problem.ShouldBeNull();
        book.Dropped.ShouldBe(0);
    }

    [Fact]
    public async Task What_waits_is_written_at_the_stop()
    {
        var store = Substitute.For<IGatewayStore>();
        var appended = 0;
        store.Usage.AppendAsync(default!, default).ReturnsForAnyArgs(call => appended += call.Arg<IReadOnlyList<UsageEntry>>().Count);
        var book = new UsageLedgerWriter(store, new ManualTime(), NullLogger.Instance);
        for (var i = 0; i < 1_234; i++) book.SettleLater(Entry($"r{i}"), release: true);
        await book.DisposeAsync();
        appended.ShouldBe(1_234);
    }

    private static UsageEntry Entry(string id) => new() { RequestId = id, At = DateTimeOffset.UnixEpoch };
}
