namespace Dragoman.Gateway.Tests.Forwarding.Failover.Day;

/// <summary>
/// A day over twenty accounts with limits by the minute and by five hours, some of which fail for a while. For every strategy: no upstream
/// is hammered, none starves where evenness is promised, and clients see no more refusals than the limits make unavoidable.
/// </summary>
public sealed class DayTests
{
    private const int Accounts = 20;
    private const int PerMinute = 6;
    private const int PerWindow = 500;

    public static TheoryData<string> Strategies => ["round-robin", "fill-first", "sticky", "least-used", "hybrid"];

    [Theory, MemberData(nameof(Strategies))]
    public void While_there_is_capacity_nobody_is_refused_and_no_lane_is_hammered(string strategy)
    {
        var day = new SimulatedDay(strategy, TroubledAccounts());
        day.Run(TimeSpan.FromHours(24), perMinute: 10);
        var outcomes = day.Outcomes();

        // 10 a minute of 120, 3,000 in five hours of 10,000: whoever knew all limits would refuse nobody.
        outcomes.Count.ShouldBeInRange(13_900, 14_900);
        outcomes.Count(outcome => outcome.Status != 200).ShouldBe(0);
        ShouldNotHammer(day);
    }

    [Theory, MemberData(nameof(Strategies))]
    public void Over_capacity_only_the_excess_is_refused(string strategy)
    {
        var day = new SimulatedDay(strategy, [.. Enumerable.Repeat(new Limits(PerMinute, PerWindow), Accounts)]);
        day.Run(TimeSpan.FromHours(5), perMinute: 8);
        day.Outcomes().ShouldAllBe(outcome => outcome.Status == 200);
        day.Run(TimeSpan.FromHours(5) - TimeSpan.FromMinutes(2), perMinute: 45);
        var crowded = day.Outcomes();
        day.Run(TimeSpan.FromMinutes(2) + TimeSpan.FromHours(5), perMinute: 8);
        var after = day.Outcomes();

        // Five hours' demand of about 13,400 meets 10,000: who knew all would refuse the difference, less those who can wait for the next window.
        var refused = crowded.Count(outcome => outcome.Status == 429);
        var excess = crowded.Count - Accounts * PerWindow;
        excess.ShouldBeGreaterThan(3_000);
        refused.ShouldBeInRange(excess, excess + 5, "every place of every account was used, and none wasted");
        crowded.ShouldAllBe(outcome => outcome.Status == 200 || outcome.Status == 429);
        after.Skip(30).ShouldAllBe(outcome => outcome.Status == 200);
        ShouldNotHammer(day);
    }

    [Theory, MemberData(nameof(Strategies))]
    public void A_crowded_minute_is_waited_out(string strategy)
    {
        var day = new SimulatedDay(strategy, [.. Enumerable.Repeat(new Limits(PerMinute, PerWindow), Accounts)]);
        for (var hour = 0; hour < 4; hour++)
        {
            day.Run(TimeSpan.FromMinutes(59), perMinute: 8);
            // 170 in a minute that has room for 120: those who come late in it can wait for the next, so nobody need be refused.
            day.Run(TimeSpan.FromMinutes(1), perMinute: 170);
        }

        var outcomes = day.Outcomes();
        outcomes.Where(outcome => outcome.Status != 200).Select(outcome => $"{outcome.Error!.Message} {outcome.Error.RetryAfter} after {string.Join(", ", outcome.Attempts.Select(attempt => attempt.Outcome))}").ShouldBeEmpty();
        ShouldNotHammer(day);
    }

    [Theory]
    [InlineData("round-robin", 0.03)]
    [InlineData("least-used", 0.10)]
    [InlineData("hybrid", 0.30)]
    [InlineData("sticky", 0.50)]
    public void No_account_starves(string strategy, double spread)
    {
        var day = new SimulatedDay(strategy, [.. Enumerable.Repeat(new Limits(PerMinute, PerWindow), Accounts)]);
        day.Run(TimeSpan.FromHours(24), perMinute: 8);
        day.Outcomes().ShouldAllBe(outcome => outcome.Status == 200);
        var mean = day.Upstreams.Answered.Average();
        day.Upstreams.Answered.ShouldAllBe(count => Math.Abs(count - mean) <= spread * mean, $"{string.Join(' ', day.Upstreams.Answered)} around {mean}");
    }

    [Fact]
    public void Fill_first_fills_in_order()
    {
        var day = new SimulatedDay("fill-first", [.. Enumerable.Repeat(new Limits(PerMinute, PerWindow), Accounts)]);
        day.Run(TimeSpan.FromHours(24), perMinute: 8);
        day.Outcomes().ShouldAllBe(outcome => outcome.Status == 200);
        var answered = day.Upstreams.Answered;
        answered[0].ShouldBe(5 * PerWindow, "the first gives all it has, in five windows begun");
        answered[^1].ShouldBe(0);
    }

    [Theory, InlineData("round-robin", 0.03), InlineData("least-used", 0.15)]
    public void Weights_hold_over_a_day(string strategy, double spread)
    {
        var day = new SimulatedDay(strategy, [.. Enumerable.Repeat(new Limits(60, 5_000), Accounts)], keys: index => $"weight: {index % 4 + 1}");
        day.Run(TimeSpan.FromHours(24), perMinute: 10);
        day.Outcomes().ShouldAllBe(outcome => outcome.Status == 200);
        var unit = day.Upstreams.Answered.Sum() / 50.0;
        for (var index = 0; index < Accounts; index++) ((double)day.Upstreams.Answered[index]).ShouldBe(unit * (index % 4 + 1), spread * unit * 4, $"account {index + 1}");
    }

    [Fact]
    public void The_same_seed_makes_the_same_day()
    {
        string Story(int seed)
        {
            var day = new SimulatedDay("hybrid", TroubledAccounts(), seed);
            day.Run(TimeSpan.FromHours(9), perMinute: 20);
            return string.Join(' ', day.Outcomes().Select(outcome => $"{outcome.ServedBy?.Account.Label}{outcome.Attempts.Count}"));
        }

        Story(7).ShouldBe(Story(7));
        Story(7).ShouldNotBe(Story(8));
    }

    /// <summary>The limits of all, and outages of some: broken, locked out, overloaded.</summary>
    private static Limits[] TroubledAccounts() =>
    [
        .. Enumerable.Range(0, Accounts).Select(index => new Limits(PerMinute, PerWindow)
        {
            Outage = index switch
            {
                0 => (TimeSpan.FromHours(6), TimeSpan.FromHours(8), 500),
                6 => (TimeSpan.FromHours(12), TimeSpan.FromHours(13), 401),
                10 => (TimeSpan.FromHours(15), TimeSpan.FromHours(17), 503),
                _ => null,
            },
        }),
    ];

    private static void ShouldNotHammer(SimulatedDay day)
    {
        day.Upstreams.WhileToldToRest.ShouldBe(0, "an upstream that names its time is left alone until then");
        // A guessed rest ends at a minute, and a passing fault is tried twice: two hours of outage are not more than 2 × 120 requests and the first steps.
        day.Upstreams.DuringOutage.ShouldAllBe(count => count <= 2 * 120 + 16);
    }
}
