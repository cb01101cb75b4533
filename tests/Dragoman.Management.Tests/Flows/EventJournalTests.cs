using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Flows;
using Dragoman.Management.Tests.Support;
using NSubstitute;

namespace Dragoman.Management.Tests.Flows;

/// <summary>Listeners that were away go on where they were, or are told that they cannot.</summary>
public sealed class EventJournalTests : IAsyncDisposable
{
    private readonly Channel<StoreChange> _changes = Channel.CreateUnbounded<StoreChange>();
    private readonly IGatewayStore _store = Substitute.For<IGatewayStore>();
    private ManagementFixture? _fixture;

    [Fact]
    public async Task A_listener_goes_on_behind_the_last_event_that_it_had()
    {
        await using var journal = await StartAsync();
        var reader = journal.Listen(after: null);
        var begun = reader.LastId.ShouldNotBeNull("a place to go on from is there before anything happens");
        Tell(1, 5);
        var first = await TakeAsync(reader, 3);
        first.Select(one => one.Text).ShouldBe(["change 1", "change 2", "change 3"]);
        (await TakeAsync(journal.Listen(first[^1].Id), 2)).Select(one => one.Text).ShouldBe(["change 4", "change 5"]);
        (await TakeAsync(journal.Listen(begun), 5)).Select(one => one.Id).ShouldBeUnique();
        Tell(6, 1);
        (await TakeAsync(journal.Listen(first[1].Id), 4)).Select(one => one.Text).ShouldBe(["change 3", "change 4", "change 5", "change 6"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000-1")]
    [InlineData("{0}-99999999")]
    [InlineData("{0}--1")]
    [InlineData("{0}-")]
    [InlineData("{0}-9999999999999999999999")]
    public async Task An_id_of_another_process_or_of_nobody_begins_anew(string id)
    {
        await using var journal = await StartAsync();
        var process = journal.Listen(after: null).LastId!.Split('-')[0];
        Tell(1, 2);
        await TakeAsync(journal.Listen($"{process}-0"), 2);
        var reader = journal.Listen(string.Format(CultureInfo.InvariantCulture, id, process));
        reader.LastId.ShouldBeNull("nobody goes on from there before the reset is told");
        var reset = (await TakeAsync(reader, 1)).ShouldHaveSingleItem();
        reset.Text.ShouldBe("reset");
        Tell(3, 1);
        (await TakeAsync(journal.Listen(reset.Id), 1)).ShouldHaveSingleItem().Text.ShouldBe("change 3");
    }

    [Fact]
    public async Task Only_the_last_few_thousand_are_kept()
    {
        await using var journal = await StartAsync();
        var begun = journal.Listen(after: null);
        Tell(1, EventJournal.Kept);
        var all = await TakeAsync(journal.Listen(begun.LastId), EventJournal.Kept);
        all[^1].Text.ShouldBe($"change {EventJournal.Kept}");
        Tell(EventJournal.Kept + 1, 1);
        await TakeAsync(journal.Listen(all[^1].Id), 1);
        (await TakeAsync(journal.Listen(begun.LastId), 1)).ShouldHaveSingleItem().Text.ShouldBe("reset");
        (await TakeAsync(journal.Listen(all[0].Id), EventJournal.Kept))[0].Text.ShouldBe("change 2");
        (await TakeAsync(begun, 1)).ShouldHaveSingleItem().Text.ShouldBe("reset", "a listener that reads too slowly");
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null) await _fixture.DisposeAsync();
    }

    private async Task<EventJournal> StartAsync()
    {
        _fixture = await ManagementFixture.StartAsync();
        _store.Changes.ListenAsync(Arg.Any<CancellationToken>()).Returns(call => ChangesAsync(call.Arg<CancellationToken>()));
        return new EventJournal(_fixture.Get<FlowRecorder>(), _store);
    }

    private async IAsyncEnumerable<StoreChange> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(cancellationToken)) yield return change;
    }

    private void Tell(int first, int count)
    {
        foreach (var number in Enumerable.Range(first, count)) _changes.Writer.TryWrite(new StoreChange(StoreChangeKind.Setting, number.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<List<(string Id, string Text)>> TakeAsync(EventJournalReader reader, int count)
    {
        var taken = new List<(string, string)>();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reporting = reader.ReportAsync(
            async (name, data) =>
            {
                enough.Token.ThrowIfCancellationRequested();
                var identified = data.ShouldBeOfType<IdentifiedEvent>();
                taken.Add((identified.Id!, identified.Data is ChangeView change ? $"{name} {change.Id}" : name));
                if (taken.Count == count) await enough.CancelAsync();
            },
            enough.Token);
        await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        taken.Count.ShouldBe(count);
        return taken;
    }
}
