using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.Persistence;

/// <summary>What is written behind, before a store that comes and goes, on a clock that the test moves.</summary>
public sealed class WriteBehindQueueTests
{
    private static readonly WriteBehindOptions Plain = new() { Name = "Things", BatchSize = 3 };

    private readonly ManualTime _time = new();
    private readonly List<int[]> _batches = [];
    private readonly SemaphoreSlim _tried = new(0);
    private volatile Exception? _fault;
    private volatile TaskCompletionSource? _hang;

    [Fact]
    public async Task Items_are_written_in_batches_and_in_their_order()
    {
        var left = 0;
        await using var queue = new WriteBehindQueue<int>(Plain, WriteAsync, _time, NullLogger.Instance, items => left += items.Count);
        queue.Add([1, 2, 3, 4, 5, 6, 7]).ShouldBe(7);
        await queue.FlushAsync(evenAfterFailure: true);
        _batches.ShouldBe([[1, 2, 3], [4, 5, 6], [7]]);
        (queue.Waiting, queue.Written, left).ShouldBe((0, 7, 7));
        await queue.FlushAsync(evenAfterFailure: true);
    }

    [Fact]
    public async Task The_first_of_a_batch_waits_for_others_unless_somebody_waits_for_it()
    {
        await using var queue = New(Plain with { Gather = TimeSpan.FromSeconds(1) });
        queue.TryAdd(1).ShouldBeTrue();
        queue.TryAdd(2).ShouldBeTrue();
        while (_batches.Count == 0)
        {
            queue.Waiting.ShouldBe(2);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        _batches.ShouldBe([[1, 2]]);
        queue.TryAdd(3).ShouldBeTrue();
        await queue.FlushAsync(evenAfterFailure: false);
        _batches[^1].ShouldBe([3]);
    }

    [Fact]
    public async Task A_store_that_is_away_is_left_alone_for_longer_and_longer_and_gets_everything_later()
    {
        await using var queue = New(Plain with { LongestPause = TimeSpan.FromSeconds(3) });
        _fault = new StoreException(StoreFault.Unavailable, "away");
        queue.Add([1, 2, 3, 4]);
        await queue.FlushAsync(evenAfterFailure: false);
        (queue.Problem, queue.Waiting).ShouldBe(("away", 4));
        var flushed = queue.FlushAsync(evenAfterFailure: true);
        await _tried.WaitAsync();
        foreach (var pause in (int[])[1, 2, 3, 3])
        {
            // Who does not insist is not kept waiting, and the store is not asked.
            await queue.FlushAsync(evenAfterFailure: false);
            _tried.CurrentCount.ShouldBe(0);
            _time.Advance(TimeSpan.FromSeconds(pause));
            await _tried.WaitAsync();
            await queue.FlushAsync(evenAfterFailure: false);
        }

        flushed.IsCompleted.ShouldBeFalse();
        _fault = null;
        _time.Advance(TimeSpan.FromSeconds(3));
        await flushed;
        (queue.Problem, queue.Waiting, queue.Written).ShouldBe((null, 0, 4));
        _batches.ShouldBe([[1, 2, 3], [4]]);
    }

    [Fact]
    public async Task Beyond_the_capacity_items_are_dropped_and_counted()
    {
        await using var queue = New(Plain with { Capacity = 2, Gather = TimeSpan.FromMinutes(1), BatchSize = 10 });
        queue.Add([1, 2, 3]).ShouldBe(2);
        queue.TryAdd(4).ShouldBeFalse();
        (queue.Waiting, queue.Dropped).ShouldBe((2, 2));
        await queue.FlushAsync(evenAfterFailure: true);
        queue.TryAdd(5).ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_waits_can_stand_for_all_but_not_the_one_that_is_being_written()
    {
        await using var queue = New(Plain with { Capacity = 1, Coalesces = true });
        _hang = new TaskCompletionSource();
        queue.TryAdd(1);
        await _tried.WaitAsync();
        queue.TryAdd(2).ShouldBeTrue();
        queue.TryAdd(3).ShouldBeFalse();
        queue.Dropped.ShouldBe(0);
        _hang.SetResult();
        await queue.FlushAsync(evenAfterFailure: true);
        _batches.ShouldBe([[1], [2]]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_written_costs_nobody_else_anything(bool refused)
    {
        await using var queue = new WriteBehindQueue<int>(Plain, (batch, cancellationToken) => batch.Contains(2)
            ? Task.FromException(refused ? new StoreException(StoreFault.Invalid, "no") : new InvalidOperationException())
            : WriteAsync(batch, cancellationToken), _time, NullLogger.Instance);
        queue.Add([1, 2, 3, 4]);
        await queue.FlushAsync(evenAfterFailure: true);
        _batches.ShouldBe([[1], [3], [4]]);
        (queue.Written, queue.Refused, queue.Waiting).ShouldBe((3, 1, 0));
    }

    [Fact]
    public async Task A_queue_may_insist_on_what_the_store_refuses()
    {
        await using var queue = New(Plain with { RetriesRefusals = true });
        _fault = new StoreException(StoreFault.Invalid, "not now");
        queue.TryAdd(1);
        await queue.FlushAsync(evenAfterFailure: false);
        (queue.Problem, queue.Waiting, queue.Refused).ShouldBe(("not now", 1, 0));
        _fault = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        await queue.FlushAsync(evenAfterFailure: true);
        queue.Written.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_is_written_when_it_is_closed_and_a_pause_is_cut_short(bool retries)
    {
        var queue = New(Plain with { Gather = TimeSpan.FromHours(1), FirstPause = TimeSpan.FromHours(1), RetriesWhileClosing = retries });
        queue.Add([1, 2, 3, 4]);
        _fault = new StoreException(StoreFault.Unavailable, "away");
        await queue.FlushAsync(evenAfterFailure: false);
        _fault = null;
        await queue.DisposeAsync();
        _batches.ShouldBe([[1, 2, 3], [4]]);
        queue.TryAdd(5).ShouldBeFalse();
        queue.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task Closing_does_not_wait_for_more_to_come()
    {
        for (var round = 0; round < 20; round++)
        {
            var queue = New(Plain with { Gather = TimeSpan.FromHours(1), DrainTimeout = TimeSpan.FromMinutes(1) });
            queue.TryAdd(round);
            if (round % 2 == 0) await Task.Yield();
            await queue.DisposeAsync();
            _batches[^1].ShouldBe([round]);
        }
    }

    [Fact]
    public async Task A_store_that_is_still_away_at_the_close_is_tried_once_more_and_what_is_lost_is_reported()
    {
        var log = new Counting();
        var queue = new WriteBehindQueue<int>(Plain, WriteAsync, _time, log);
        _fault = new StoreException(StoreFault.Unavailable, "away");
        queue.Add([1, 2, 3, 4]);
        await queue.FlushAsync(evenAfterFailure: false);
        await _tried.WaitAsync();
        await queue.DisposeAsync();
        _tried.CurrentCount.ShouldBe(1);
        log.Lines.ShouldContain("Things: 4 entries were not written before the stop");
    }

    [Fact]
    public async Task A_write_that_hangs_is_stopped_with_the_queue_and_whoever_waits_for_it_goes_on()
    {
        var queue = New(Plain with { DrainTimeout = TimeSpan.Zero });
        _hang = new TaskCompletionSource();
        queue.TryAdd(1);
        await _tried.WaitAsync();
        var flushed = queue.FlushAsync(evenAfterFailure: true);
        await queue.DisposeAsync();
        await flushed;
        queue.Waiting.ShouldBe(1);
    }

    private WriteBehindQueue<int> New(WriteBehindOptions options) => new(options, WriteAsync, _time, NullLogger.Instance);

    private async Task WriteAsync(IReadOnlyList<int> batch, CancellationToken cancellationToken)
    {
        _tried.Release();
        if (_hang is { } hang) await hang.Task.WaitAsync(cancellationToken);
        if (_fault is { } fault) throw fault;
        _batches.Add([.. batch]);
    }

    private sealed class Counting : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
