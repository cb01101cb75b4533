using Dragoman.Management.Usage;

namespace Dragoman.Management.Tests.Usage;

/// <summary>The queue of usage: a place for each reader, bounded by age and number.</summary>
public sealed class UsageQueueTests
{
    private readonly SetClock _clock = new();

    [Fact]
    public void Every_reader_gets_every_record_once_in_order()
    {
        var queue = Queue();
        foreach (var id in (string[])["a", "b", "c"]) queue.Add(Record(id));
        Ids(queue.Take("one", 2)).ShouldBe(["a", "b"]);
        Ids(queue.Take("one", 9)).ShouldBe(["c"]);
        Ids(queue.Take("one", 9)).ShouldBeEmpty();
        Ids(queue.Take("two", 9)).ShouldBe(["a", "b", "c"]);
        queue.Add(Record("d"));
        Ids(queue.Take("one", 9)).ShouldBe(["d"]);
    }

    [Fact]
    public void Records_go_when_they_are_old_and_when_there_are_too_many()
    {
        var queue = Queue();
        queue.Add(Record("old"));
        _clock.Now += TimeSpan.FromSeconds(61);
        queue.Add(Record("new"));
        Ids(queue.Take("one", 9)).ShouldBe(["new"]);
        for (var number = 0; number < 10_001; number++) queue.Add(Record($"{number}"));
        var kept = queue.Take("two", int.MaxValue);
        kept.Count.ShouldBe(10_000);
        kept[0].RequestId.ShouldBe("1");
    }

    [Fact]
    public async Task Who_follows_gets_what_comes_from_then_on()
    {
        var queue = Queue();
        queue.Add(Record("before"));
        await using var following = queue.FollowAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = following.MoveNextAsync();
        queue.Add(Record("after"));
        (await next).ShouldBeTrue();
        following.Current.RequestId.ShouldBe("after");
        Ids(queue.Take("another", 9)).ShouldBe(["before", "after"], "a follower takes nothing from readers");
    }

    private UsageQueue Queue() => new(static () => TimeSpan.FromMinutes(1), _clock);

    private UsageRecord Record(string id) => new() { RequestId = id, At = _clock.Now };

    private static IEnumerable<string> Ids(IReadOnlyList<UsageRecord> records) => records.Select(record => record.RequestId);

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
