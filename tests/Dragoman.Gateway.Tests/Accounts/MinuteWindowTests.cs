using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Tests.Accounts;

public sealed class MinuteWindowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Never_more_than_the_limit_in_any_minute_and_never_refused_without_need(int seed)
    {
        const long limit = 50;
        var random = new Random(seed);
        var window = new MinuteWindow();
        var taken = new List<(TimeSpan At, long Amount)>();
        var now = TimeSpan.Zero;
        for (var step = 0; step < 20_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(random.Next(20) == 0 ? 90_000 : 800));
            var amount = (long)random.Next(1, 6);
            var strict = Sum(taken, now, TimeSpan.FromSeconds(60));
            var loose = Sum(taken, now, TimeSpan.FromSeconds(60.25));
            if (window.Taken(now) + amount <= limit)
            {
                (strict + amount).ShouldBeLessThanOrEqualTo(limit);
                window.Take(now, amount);
                taken.Add((now, amount));
            }
            else
            {
                (loose + amount).ShouldBeGreaterThan(limit);
                var wait = window.WaitFor(now, amount, limit)!.Value;
                wait.ShouldBeGreaterThan(TimeSpan.Zero);
                wait.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(60.25));
                (Sum(taken, now + wait, TimeSpan.FromSeconds(60)) + amount).ShouldBeLessThanOrEqualTo(limit, "after the wait there is room");
            }

            taken.RemoveAll(item => now - item.At > TimeSpan.FromSeconds(61));
        }
    }

    [Fact]
    public void What_was_taken_can_be_corrected_while_it_counts()
    {
        var window = new MinuteWindow();
        var slot = window.Take(TimeSpan.FromSeconds(1), 100);
        window.Change(TimeSpan.FromSeconds(2), slot, -90);
        window.Taken(TimeSpan.FromSeconds(2)).ShouldBe(10);
        window.UntilEmpty(TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromSeconds(59.25));
        window.Taken(TimeSpan.FromSeconds(61.25)).ShouldBe(0);
        window.Change(TimeSpan.FromSeconds(70), slot, -10);
        window.Taken(TimeSpan.FromSeconds(70)).ShouldBe(0);
        window.WaitFor(TimeSpan.FromSeconds(70), 11, 10).ShouldBeNull();
    }

    private static long Sum(List<(TimeSpan At, long Amount)> taken, TimeSpan now, TimeSpan length) => taken.Where(item => now - item.At < length).Sum(item => item.Amount);
}
