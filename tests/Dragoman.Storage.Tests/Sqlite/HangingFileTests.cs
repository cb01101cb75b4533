using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Dragoman.Storage.Sqlite;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Sqlite;

/// <summary>A file whose disk hangs: a write or a read under way never returns. On a clock that the test moves.</summary>
public sealed class HangingFileTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly ManualTime _clock = new();
    private readonly ManualResetEventSlim _goOn = new();
    private readonly SqlitePlace _place = new();
    private SqliteWriter? _file;

    public async ValueTask InitializeAsync()
    {
        await _place.PrepareAsync();
        await (await _place.OpenAsync()).DisposeAsync();
        _file = new SqliteWriter(Path.Combine(_place.Address, "dragoman.db"), SqliteDurability.Full, TimeProvider.System, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _goOn.Set();
        if (_file is not null) await _file.DisposeAsync();
        await _place.DisposeAsync();
        _goOn.Dispose();
    }

    [Fact]
    public async Task Nobody_in_a_hurry_waits_for_a_write_that_hangs_and_what_was_given_up_is_not_done_later()
    {
        var hanging = await HangAsync(work => _file!.WriteAsync(work, Cancel));
        var done = 0;
        Task<int> CountAsync(DbTransactionScope session) => Task.FromResult(Interlocked.Increment(ref done));

        var asked = Enumerable.Range(0, 60).Select(_ => _file!.WriteSoonAsync(CountAsync, undo: null, Cancel)).ToArray();
        _clock.Advance(StoreGuard.DefaultTimeout - TimeSpan.FromMilliseconds(1));
        asked.ShouldAllBe(task => !task.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var task in asked)
        {
            var fault = await Should.ThrowAsync<StoreException>(task);
            (fault.Fault, fault.Message).ShouldBe((StoreFault.Unavailable, "dragoman.db did not answer within 2 seconds."));
        }

        // It is known now: nobody waits, neither those who would have time.
        foreach (var late in (Task<int>[])[_file!.WriteSoonAsync(CountAsync, undo: null, Cancel), _file.WriteAsync(CountAsync, Cancel)])
        {
            late.IsCompleted.ShouldBeTrue();
            (await Should.ThrowAsync<StoreException>(late)).Message.ShouldContain("asked again every second");
        }

        // Reads go on.
        (await _file.ReadAsync(ReadAsync, Cancel)).ShouldBe(1);
        (await _file.ReadSoonAsync(ReadAsync, Cancel)).ShouldBe(1);

        _goOn.Set();
        (await hanging).ShouldBe(0);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await _file.WriteSoonAsync(CountAsync, undo: null, Cancel)).ShouldBe(1, "none of those that were refused is done");
        (await _file.WriteAsync(CountAsync, Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task Long_reads_do_not_hold_up_those_in_a_hurry_nor_do_hanging_ones_for_long()
    {
        var searches = new List<Task<int>>();
        for (var i = 0; i < SqliteReaders.Most; i++) searches.Add(await HangAsync(work => _file!.ReadAsync(work, Cancel)));
        (await _file!.ReadSoonAsync(ReadAsync, Cancel)).ShouldBe(1);

        var hanging = new List<Task<int>>();
        for (var i = 0; i < SqliteReaders.Most; i++) hanging.Add(await HangAsync(work => _file.ReadSoonAsync(work, Cancel)));
        var asked = _file.ReadSoonAsync(ReadAsync, Cancel);
        asked.IsCompleted.ShouldBeFalse();
        _clock.Advance(StoreGuard.DefaultTimeout);
        foreach (var task in hanging.Append(asked)) (await Should.ThrowAsync<StoreException>(task)).Fault.ShouldBe(StoreFault.Unavailable);
        // Writes are another matter.
        (await _file.WriteSoonAsync(ReadAsync, undo: null, Cancel)).ShouldBe(1);

        _goOn.Set();
        await Task.WhenAll(searches);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await _file.ReadSoonAsync(ReadAsync, Cancel)).ShouldBe(1);
    }

    private static async Task<int> ReadAsync(DbTransactionScope session) => (int)(await session.NumberAsync("SELECT COUNT(*) + 1 FROM settings"))!.Value;

    /// <summary>Begins work that hangs, and returns when it does.</summary>
    private async Task<Task<int>> HangAsync(Func<Func<DbTransactionScope, Task<int>>, Task<int>> begin)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = begin(_ =>
        {
            entered.SetResult();
            _goOn.Wait(CancellationToken.None);
            return Task.FromResult(0);
        });
        await entered.Task;
        return hanging;
    }
}
