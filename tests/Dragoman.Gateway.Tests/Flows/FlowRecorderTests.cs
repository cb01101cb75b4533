using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.Flows;

/// <summary>The recorder before a store that is away, full, or will not have one of the flows.</summary>
public sealed class FlowRecorderTests
{
    private readonly ManualTime _time = new();
    private readonly MoodyStore _store = new();

    [Fact]
    public async Task What_ended_is_written_a_moment_later_in_batches()
    {
        await using var recorder = Recorder();
        for (var i = 0; i < 1_200; i++) recorder.Ended(Ended($"f{i}"), booked: true);
        _store.Batches.ShouldBeEmpty("the request's own task writes nothing");
        _time.Advance(TimeSpan.FromMilliseconds(200));
        await recorder.FlushAsync();
        _store.Batches.ShouldBe([500, 500, 200]);
        _store.Flows.Select(flow => flow.Id).ShouldBe(Enumerable.Range(0, 1_200).Select(i => $"f{i}"));
        recorder.Status.ShouldBe(new FlowRecorderStatus(1_200, 0, 0, 0, 0, null));
    }

    [Fact]
    public async Task A_store_that_is_away_is_tried_again_and_nothing_is_lost_within_bounds()
    {
        await using var recorder = Recorder();
        using var live = recorder.Feed.Listen();
        _store.Fault = new StoreException(StoreFault.Full, "There is no room left.");
        for (var i = 0; i < 20_100; i++) recorder.Ended(Ended($"f{i}"), booked: true);
        await recorder.FlushAsync();
        recorder.Status.ShouldBe(new FlowRecorderStatus(0, 20_000, 100, 0, 0, "There is no room left."));
        live.Flows.TryRead(out var first).ShouldBeTrue("listeners are told all the same");
        first!.Id.ShouldBe("f0");
        var asked = _store.Calls;
        await recorder.FlushAsync();
        _store.Calls.ShouldBe(asked, "a store that said no is left alone for a while");
        _store.Fault = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        await recorder.FlushAsync();
        recorder.Status.ShouldBe(new FlowRecorderStatus(20_000, 0, 100, 0, 0, null));
        _store.Flows.Count.ShouldBe(20_000);
        recorder.Ended(Ended("later"), booked: true);
        await recorder.FlushAsync();
        _store.Flows[^1].Id.ShouldBe("later");
    }

    [Fact]
    public async Task A_flow_that_cannot_be_stored_does_not_hold_up_the_others()
    {
        await using var recorder = Recorder();
        _store.Poison = "f3";
        for (var i = 0; i < 10; i++) recorder.Ended(Ended($"f{i}"), booked: true);
        await recorder.FlushAsync();
        _store.Flows.Select(flow => flow.Id).ShouldBe(["f0", "f1", "f2", "f4", "f5", "f6", "f7", "f8", "f9"]);
        (recorder.Status.Waiting, recorder.Status.Dropped).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Refusals_are_a_few_a_second()
    {
        await using var recorder = Recorder();
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < 100; i++) recorder.Refused(new FlowRecord { Id = $"r{second}-{i}", StartedAt = _time.GetUtcNow(), Status = 401 });
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await recorder.FlushAsync();
        _store.Flows.Count.ShouldBe(30);
        recorder.Status.RefusalsUnrecorded.ShouldBe(270);
    }

    [Fact]
    public async Task What_waits_is_written_at_the_end()
    {
        var recorder = Recorder();
        recorder.Ended(Ended("last"), booked: true);
        await recorder.DisposeAsync();
        _store.Flows.ShouldHaveSingleItem().Id.ShouldBe("last");
    }

    [Theory]
    [InlineData(FlowMode.Off, FlowMode.Full, 0)]
    [InlineData(FlowMode.Metadata, FlowMode.Off, 0)]
    [InlineData(FlowMode.Metadata, FlowMode.Full, 1)]
    [InlineData(FlowMode.Full, FlowMode.Metadata, 1)]
    public async Task The_lesser_of_what_is_set_and_what_the_client_allows(FlowMode set, FlowMode allowed, int recorded)
    {
        await using var recorder = Recorder(set);
        recorder.Begin(allowed).ShouldBeNull();
        recorder.Ended(Ended("f", allowed), booked: true);
        await recorder.FlushAsync();
        _store.Flows.Count.ShouldBe(recorded);
    }

    private FlowRecorder Recorder(FlowMode mode = FlowMode.Metadata)
        => new(_store, () => new FlowsOptions { Mode = mode }, _ => Protocol.OpenAiChat, () => [], _time, NullLogger.Instance);

    private CompletedRequest Ended(string id, FlowMode allowed = FlowMode.Full)
    {
        var body = "{\"model\":\"m\"}"u8.ToArray();
        var request = new ClientRequest { ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = "m", FlowId = id, FlowMode = allowed };
        return new CompletedRequest(request, new RequestOutcome { Status = 200 }, _time.GetUtcNow(), null, TimeSpan.FromSeconds(1), new UsageEntry { RequestId = id, At = _time.GetUtcNow(), RequestedModel = "m" });
    }

    private sealed class MoodyStore : IFlowStore
    {
        public List<FlowRecord> Flows { get; } = [];

        public List<int> Batches { get; } = [];

        public int Calls { get; private set; }

        public StoreException? Fault { get; set; }

        public string? Poison { get; set; }

        public Task AppendAsync(IReadOnlyList<FlowRecord> flows, CancellationToken cancellationToken = default)
        {
            Calls++;
            if (Fault is { } fault) throw fault;
            if (flows.Any(flow => flow.Id == Poison)) throw new StoreException(StoreFault.Invalid, "not this one");
            Batches.Add(flows.Count);
            Flows.AddRange(flows);
            return Task.CompletedTask;
        }

        public Task<FlowRecord?> GetAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<FlowBody>> BodiesAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<FlowBody?> BodyAsync(string id, FlowBodyKind kind, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Page<FlowConversation>> ConversationsAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Page<FlowRecord>> SearchAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<long> CountAsync(FlowQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> MarkAsync(string id, FlowMarks marks, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<FlowsPruned> PruneAsync(FlowRetention retention, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<FlowTotals> TotalsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
