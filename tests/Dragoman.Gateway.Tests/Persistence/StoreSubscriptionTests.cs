using System.Threading.Channels;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Tests.Support;

namespace Dragoman.Gateway.Tests.Persistence;

/// <summary>What is held in memory follows the store: no change is lost, whatever the store does in between.</summary>
public sealed class StoreSubscriptionTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly ManualTime _time = new();
    private readonly Channel<StoreChange> _changes = Channel.CreateUnbounded<StoreChange>();
    private readonly Channel<int> _readings = Channel.CreateUnbounded<int>();
    private readonly List<string> _problems = [];
    private int _faults;
    private int _made;

    [Fact]
    public async Task A_change_that_concerns_it_is_read_and_another_is_not()
    {
        await using var running = Start(isStale: false);
        Tell(StoreChangeKind.Key);
        Tell(StoreChangeKind.Account);
        (await _readings.Reader.ReadAsync()).ShouldBe(1);
        Tell(StoreChangeKind.Everything);
        (await _readings.Reader.ReadAsync()).ShouldBe(2);
        _made.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_asked_again_until_it_does()
    {
        _faults = 2;
        await using var running = Start(isStale: false);
        Tell(StoreChangeKind.Account);
        await PassAsync();
        (await _readings.Reader.ReadAsync()).ShouldBe(3);
        _problems.ShouldBe(["away", "away"]);
    }

    [Fact]
    public async Task A_first_reading_that_failed_is_made_up_for_without_a_change()
    {
        await using var running = Start(isStale: true);
        await PassAsync();
        (await _readings.Reader.ReadAsync()).ShouldBe(1);
    }

    private void Tell(StoreChangeKind kind) => _changes.Writer.TryWrite(new StoreChange(kind, "1")).ShouldBeTrue();

    /// <summary>Lets the clock go until a reading succeeds.</summary>
    private async Task PassAsync()
    {
        while (!_readings.Reader.TryPeek(out _))
        {
            _time.Advance(Pause);
            await Task.Yield();
        }
    }

    private Running Start(bool isStale)
    {
        var stop = new CancellationTokenSource();
        var subscription = new StoreSubscription(static change => change.Kind == StoreChangeKind.Account, _ => ReadAsync(), _problems.Add, Pause, _time);
        return new Running(stop, subscription.RunAsync(_changes.Reader.ReadAllAsync(stop.Token), isStale, stop.Token));
    }

    private Task ReadAsync()
    {
        _made++;
        if (_faults-- > 0) throw new StoreException(StoreFault.Unavailable, "away");
        _readings.Writer.TryWrite(_made);
        return Task.CompletedTask;
    }

    private sealed class Running(CancellationTokenSource stop, Task task) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await task;
            stop.Dispose();
        }
    }
}
