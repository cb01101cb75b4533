using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;

namespace Dragoman.Storage.Tests;

/// <summary>The breaker before a database, on a clock of its own.</summary>
public sealed class StoreGuardTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _clock = new();
    private readonly StoreGuard _guard;

    public StoreGuardTests() => _guard = new StoreGuard(_clock, "The database", places: 8, failuresInARow: 3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_is_an_answer_and_opens_the_way_again(bool hurried)
    {
        for (var i = 0; i < 3; i++) await FailAsync(hurried, StoreFault.Unavailable);
        (await RefusalAsync(hurried)).ShouldContain("asked again every second");
        _clock.Advance(Second);
        await FailAsync(hurried, StoreFault.Invalid);
        (await RunAsync(hurried, () => Task.FromResult(7))).ShouldBe(7);
    }

    [Fact]
    public async Task A_fault_of_our_own_lets_the_next_call_ask()
    {
        for (var i = 0; i < 3; i++) await FailAsync(hurried: true, StoreFault.Unavailable);
        _clock.Advance(Second);
        await Should.ThrowAsync<InvalidOperationException>(RunAsync(hurried: true, () => throw new InvalidOperationException("ours")));
        (await RunAsync(hurried: true, () => Task.FromResult(7))).ShouldBe(7);
    }

    [Fact]
    public async Task Sixty_are_refused_after_two_seconds_then_all_but_one_a_second_at_once_until_there_is_an_answer()
    {
        var answer = new TaskCompletionSource<int>();
        var allUndone = new TaskCompletionSource();
        var (begun, undone) = (0, 0);
        Task<int> AskAsync() => _guard.HurryAsync(_ =>
        {
            Interlocked.Increment(ref begun);
            return answer.Task;
        },
        _ =>
        {
            if (Interlocked.Increment(ref undone) == 8) allUndone.SetResult();
            return Task.CompletedTask;
        }, Cancel);

        var asked = Enumerable.Range(0, 60).Select(_ => AskAsync()).ToArray();
        begun.ShouldBe(8, "few are under way at once");
        _clock.Advance(TimeSpan.FromSeconds(1.99));
        asked.ShouldAllBe(task => !task.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.01));
        foreach (var task in asked) (await Should.ThrowAsync<StoreException>(task)).Message.ShouldBe("The database did not answer within 2 seconds.");

        for (var second = 0; second < 3; second++)
        {
            // Whoever comes now is told without a wait, on no clock at all; the work is not begun.
            (await RefusalAsync(hurried: true)).ShouldContain("asked again every second");
            (await RefusalAsync(hurried: false)).ShouldContain("asked again every second");
            _clock.Advance(Second);
            var looks = AskAsync();
            (await RefusalAsync(hurried: true)).ShouldContain("asked again every second");
            _clock.Advance(StoreGuard.DefaultTimeout);
            await Should.ThrowAsync<StoreException>(looks);
        }

        begun.ShouldBe(8, "those who look find no place either");
        answer.SetResult(1);
        (await RunAsync(hurried: true, () => Task.FromResult(7))).ShouldBe(7);
        // What was granted too late is given back.
        await allUndone.Task;
    }

    [Fact]
    public async Task A_call_without_hurry_that_looks_and_hangs_does_not_keep_others_from_looking()
    {
        for (var i = 0; i < 3; i++) await FailAsync(hurried: true, StoreFault.Unavailable);
        _clock.Advance(Second);
        var never = new TaskCompletionSource<int>();
        var hanging = RunAsync(hurried: false, () => never.Task);
        (await RefusalAsync(hurried: true)).ShouldContain("asked again every second");
        _clock.Advance(StoreGuard.DefaultTimeout);
        (await RunAsync(hurried: true, () => Task.FromResult(7))).ShouldBe(7);
        hanging.IsCompleted.ShouldBeFalse();
        never.SetResult(0);
        await hanging;
    }

    [Fact]
    public async Task Much_to_do_is_no_hanging_while_others_are_answered()
    {
        var never = new TaskCompletionSource<int>();
        var slow = _guard.HurryAsync(_ => never.Task, undo: null, Cancel);
        _clock.Advance(Second);
        (await RunAsync(hurried: true, () => Task.FromResult(7))).ShouldBe(7);
        _clock.Advance(Second);
        (await Should.ThrowAsync<StoreException>(slow)).Message.ShouldContain("within 2 seconds");
        (await RunAsync(hurried: true, () => Task.FromResult(7))).ShouldBe(7, "nobody else is refused");
        never.SetResult(0);
    }

    private async Task FailAsync(bool hurried, StoreFault fault)
        => (await Should.ThrowAsync<StoreException>(RunAsync(hurried, () => throw new StoreException(fault, "no")))).Message.ShouldBe("no");

    private async Task<string> RefusalAsync(bool hurried)
    {
        var asked = RunAsync(hurried, () => Task.FromResult(0));
        asked.IsCompleted.ShouldBeTrue();
        return (await Should.ThrowAsync<StoreException>(asked)).Message;
    }

    private Task<int> RunAsync(bool hurried, Func<Task<int>> work)
        => hurried ? _guard.HurryAsync(_ => work(), undo: null, Cancel) : _guard.RunAsync(work, Cancel);
}
