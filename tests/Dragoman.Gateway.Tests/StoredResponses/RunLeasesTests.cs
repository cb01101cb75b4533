using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Dragoman.Gateway.Tests.StoredResponses;

/// <summary>Who makes a response on a shared store, on a clock that the test moves.</summary>
public sealed class RunLeasesTests : IAsyncDisposable
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(30);

    private readonly ManualTime _clock = new();
    private readonly ILeaseStore _leases = Substitute.For<ILeaseStore>();
    private readonly IResponseStateStore _store = Substitute.For<IResponseStateStore>();
    private readonly ResponsePersistence _rows;
    private readonly RunLeases _runs;
    private readonly ResponsesState _state;

    public RunLeasesTests()
    {
        _rows = new ResponsePersistence(_store, () => new ResponsesOptions(), _clock, NullLogger.Instance);
        _runs = new RunLeases(_leases, "here", isShared: true, _clock, Term);
        _state = new ResponsesState(_runs, new BackgroundRuns(), _rows, () => new ResponsesOptions(), _clock);
        _leases.TryTakeAsync("response:r", "here", Term, Arg.Any<CancellationToken>()).Returns(Held("here", 2));
        _store.SaveAsync(Arg.Any<ResponseStateRecord>(), Arg.Any<long?>(), Arg.Any<Fence?>(), Arg.Any<CancellationToken>()).Returns(new SaveResult(SaveOutcome.Saved, 2));
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    [Fact]
    public async Task A_lease_is_renewed_while_the_response_is_made_also_over_a_store_that_is_away_and_given_back_at_the_end()
    {
        var making = new TaskCompletionSource();
        var lease = Held("here", 2);
        _leases.RenewAsync(lease, Term, Arg.Any<CancellationToken>()).Returns(Task.FromException<Lease?>(new StoreException(StoreFault.Unavailable, "away")), Task.FromResult<Lease?>(lease));
        var holding = _runs.HoldAsync(lease, making.Task, () => throw new InvalidOperationException("It was not lost."));
        for (var third = 0; third < 3; third++) _clock.Advance(Term / 3);
        await _leases.Received(3).RenewAsync(lease, Term, Arg.Any<CancellationToken>());
        making.SetResult();
        await holding;
        await _leases.Received(1).ForgetAsync(lease, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_response_that_another_process_has_taken_is_not_made_any_further()
    {
        var lost = 0;
        _leases.RenewAsync(Arg.Any<Lease>(), Term, Arg.Any<CancellationToken>()).Returns((Lease?)null);
        var holding = _runs.HoldAsync(Held("here", 1), new TaskCompletionSource().Task, () =>
        {
            lost++;
            return Task.CompletedTask;
        });
        _clock.Advance(Term / 3);
        await holding;
        lost.ShouldBe(1);
    }

    [Fact]
    public async Task A_response_that_somebody_makes_is_left_to_its_maker()
    {
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Running());
        _leases.GetAsync("response:r", Arg.Any<CancellationToken>()).Returns(Held("there", 1));
        (await _state.FindAsync("o", "r")).ShouldNotBeNull().Status.ShouldBe("in_progress");
        await _leases.DidNotReceiveWithAnyArgs().TryTakeAsync("", "", default, default);

        // Its term is over by this process's clock, but not by the database's.
        _clock.Advance(Term * 2);
        _leases.TryTakeAsync("response:r", "here", Term, Arg.Any<CancellationToken>()).Returns((Lease?)null);
        (await _state.FindAsync("o", "r")).ShouldNotBeNull().Status.ShouldBe("in_progress");
        await _store.DidNotReceiveWithAnyArgs().SaveAsync(null!, null, null, default);
    }

    [Fact]
    public async Task A_response_whose_maker_is_gone_is_reported_as_failed_under_its_lease()
    {
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Running());
        var found = (await _state.FindAsync("o", "r")).ShouldNotBeNull();
        found.Status.ShouldBe("failed");
        await _store.Received(1).SaveAsync(Arg.Is<ResponseStateRecord>(row => row.Status == "failed"), null, new Fence("response:r", 2), Arg.Any<CancellationToken>());
        await _leases.Received(1).ForgetAsync(Arg.Is<Lease>(lease => lease.Epoch == 2), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_response_that_came_to_its_end_between_two_looks_is_not_reported_as_failed()
    {
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Running(), Running() with { Status = "completed" });
        (await _state.FindAsync("o", "r")).ShouldNotBeNull().Status.ShouldBe("completed");
        await _store.DidNotReceiveWithAnyArgs().SaveAsync(null!, null, null, default);
        await _leases.Received(1).ForgetAsync(Arg.Is<Lease>(lease => lease.Epoch == 2), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task What_its_former_maker_saves_too_late_is_kept_nowhere()
    {
        var fence = new Fence("response:r", 1);
        _store.SaveAsync(Arg.Any<ResponseStateRecord>(), Arg.Any<long?>(), fence, Arg.Any<CancellationToken>()).Returns(new SaveResult(SaveOutcome.Fenced, 0));
        _store.GetAsync("r", "o", Arg.Any<CancellationToken>()).Returns(Running() with { Status = "failed" });
        var late = new StoredResponse { Owner = "o", Id = "r", Status = "completed", Response = "{}"u8.ToArray(), Fence = fence };
        (await _state.Responses.SaveAsync(late)).ShouldBeFalse();
        (await _state.FindAsync("o", "r")).ShouldNotBeNull().Status.ShouldBe("failed");
        (await _state.Responses.SaveAsync(late with { Fence = new Fence("response:r", 2) })).ShouldBeTrue();
    }

    private static ResponseStateRecord Running() => new() { Id = "r", Owner = "o", Status = "in_progress", Response = """{"id":"r","status":"in_progress"}"""u8.ToArray() };

    private Lease Held(string holder, long epoch) => new("response:r", holder, epoch, _clock.GetUtcNow() + Term, _clock.GetUtcNow() + (Term * 0.8));
}
