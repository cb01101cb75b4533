using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Tests.Flows;

public sealed class FlowFeedTests
{
    [Fact]
    public void A_reader_that_sleeps_is_told_how_many_it_missed()
    {
        var feed = new FlowFeed();
        using var sleeper = feed.Listen();
        for (var i = 0; i < 1_500; i++) feed.Publish(new FlowRecord { Id = $"{i}", StartedAt = default });
        sleeper.TakeMissed().ShouldBe(1_500 - 1_024);
        sleeper.TakeMissed().ShouldBe(0);
        sleeper.Flows.TryRead(out var first).ShouldBeTrue();
        first!.Id.ShouldBe("0");
    }

    [Fact]
    public void Who_has_left_is_told_nothing()
    {
        var feed = new FlowFeed();
        var listener = feed.Listen();
        listener.Dispose();
        feed.Publish(new FlowRecord { Id = "x", StartedAt = default });
        feed.Listeners.ShouldBe(0);
        listener.Flows.TryRead(out _).ShouldBeFalse();
    }
}
