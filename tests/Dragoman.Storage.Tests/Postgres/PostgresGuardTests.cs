using Dragoman.Gateway.State;
using Dragoman.Storage.Postgres;

namespace Dragoman.Storage.Tests.Postgres;

/// <summary>The breaker before PostgreSQL, on a clock of its own.</summary>
public sealed class PostgresGuardTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_is_an_answer_and_opens_the_way_again(bool hurried)
    {
        var clock = new Clock();
        var guard = new PostgresGuard(clock);
        for (var i = 0; i < 3; i++) await FailAsync(guard, hurried, StoreFault.Unavailable);
        (await RefusalAsync(guard, hurried)).ShouldContain("asked again every second");
        clock.Ticks += Clock.Second;
        await FailAsync(guard, hurried, StoreFault.Invalid);
        (await RunAsync(guard, hurried, () => Task.FromResult(7))).ShouldBe(7);
    }

    [Fact]
    public async Task A_fault_of_our_own_lets_the_next_call_ask()
    {
        var clock = new Clock();
        var guard = new PostgresGuard(clock);
        for (var i = 0; i < 3; i++) await FailAsync(guard, hurried: true, StoreFault.Unavailable);
        clock.Ticks += Clock.Second;
        await Should.ThrowAsync<InvalidOperationException>(RunAsync(guard, hurried: true, () => throw new InvalidOperationException("ours")));
        (await RunAsync(guard, hurried: true, () => Task.FromResult(7))).ShouldBe(7);
    }

    private static async Task FailAsync(PostgresGuard guard, bool hurried, StoreFault fault)
        => (await Should.ThrowAsync<StoreException>(RunAsync(guard, hurried, () => throw new StoreException(fault, "no")))).Message.ShouldBe("no");

    private static async Task<string> RefusalAsync(PostgresGuard guard, bool hurried)
        => (await Should.ThrowAsync<StoreException>(RunAsync(guard, hurried, () => Task.FromResult(0)))).Message;

    private static Task<int> RunAsync(PostgresGuard guard, bool hurried, Func<Task<int>> work)
        => hurried ? guard.HurryAsync(_ => work(), undo: null, Cancel) : guard.RunAsync(work, Cancel);

    private sealed class Clock : TimeProvider
    {
        public const long Second = 10_000_000;

        public long Ticks { get; set; }

        public override long TimestampFrequency => Second;

        public override long GetTimestamp() => Ticks;
    }
}
