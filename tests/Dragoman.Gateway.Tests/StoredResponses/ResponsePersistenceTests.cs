using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Dragoman.Gateway.Tests.StoredResponses;

/// <summary>Kept responses on a store that never answers, on a clock that the test moves.</summary>
public sealed class ResponsePersistenceTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ManualTime _clock = new();
    private readonly IResponseStateStore _store = Substitute.For<IResponseStateStore>();
    private readonly TaskCompletionSource<bool> _saved = new();
    private readonly TaskCompletionSource<SaveResult> _written = new();
    private readonly ResponsePersistence _rows;

    public ResponsePersistenceTests() => _rows = new ResponsePersistence(_store, () => new ResponsesOptions(), _clock, NullLogger.Instance);

    public static TheoryData<string> Questions => ["read", "owner", "recent", "held", "remove"];

    public async ValueTask DisposeAsync()
    {
        _saved.TrySetResult(true);
        _written.TrySetResult(new SaveResult(SaveOutcome.Saved, 1));
        await _rows.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_question_is_refused_in_time_and_says_when_to_ask_again(string question)
    {
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(new TaskCompletionSource<ResponseStateRecord?>().Task);
        _store.OwnerOfAsync("r", Arg.Any<CancellationToken>()).Returns(new TaskCompletionSource<string?>().Task);
        _store.RecentAsync("o", 1, Arg.Any<CancellationToken>()).Returns(new TaskCompletionSource<IReadOnlyList<ResponseStateRecord>>().Task);
        _store.RemoveAsync("r", "o", Arg.Any<CancellationToken>()).Returns(_saved.Task);
        var asked = Ask(question);
        _clock.Advance(TimeSpan.FromSeconds(2));
        asked.IsCompleted.ShouldBeFalse("the store itself says within two seconds that it does not answer");
        _clock.Advance(Limit - TimeSpan.FromSeconds(2));
        RefusedAsIs(await Should.ThrowAsync<WireException>(asked));
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_store_that_says_so_itself_is_told_the_same_way(string question)
    {
        var fault = new StoreException(StoreFault.Unavailable, "gone");
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Task.FromException<ResponseStateRecord?>(fault));
        _store.OwnerOfAsync("r", Arg.Any<CancellationToken>()).Returns(Task.FromException<string?>(fault));
        _store.RecentAsync("o", 1, Arg.Any<CancellationToken>()).Returns(Task.FromException<IReadOnlyList<ResponseStateRecord>>(fault));
        _store.RemoveAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Task.FromException<bool>(fault));
        RefusedAsIs(await Should.ThrowAsync<WireException>(question == "held" ? _rows.QueryAsync(() => Task.FromException<bool>(fault)) : Ask(question)));
    }

    [Fact]
    public async Task Behind_a_write_that_hangs_nobody_waits_for_long_and_it_is_written_all_the_same()
    {
        _store.SaveAsync(Arg.Any<ResponseStateRecord>(), Arg.Any<long?>(), Arg.Any<Fence?>(), Arg.Any<CancellationToken>()).Returns(_written.Task);
        var row = new ResponseStateRecord { Id = "r", Owner = "o" };
        var written = _rows.WriteNowAsync(row);
        var asked = Ask("read");
        (written.IsCompleted, asked.IsCompleted).ShouldBe((false, false));
        _clock.Advance(Limit);
        await written;
        RefusedAsIs(await Should.ThrowAsync<WireException>(asked));

        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(row);
        _written.SetResult(new SaveResult(SaveOutcome.Saved, 1));
        (await _rows.ReadAsync("o", "r")).ShouldBe(row);
        await _store.Received(1).SaveAsync(row, null, null, Arg.Any<CancellationToken>());
    }

    private Task Ask(string question) => question switch
    {
        "read" => _rows.ReadAsync("o", "r"),
        "owner" => _rows.OwnerOfAsync("r"),
        "recent" => _rows.RecentAsync("o", 1),
        "held" => _rows.QueryAsync(() => _saved.Task),
        _ => _rows.RemoveAsync("o", "r"),
    };

    private static void RefusedAsIs(WireException refused)
    {
        (refused.Error.EffectiveStatus, refused.Error.Code).ShouldBe((503, "store_unavailable"));
        refused.Error.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
    }
}
