using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Accounts;

public sealed class CooldownTrackerTests
{
    private readonly ManualTime _time = new();
    private readonly CooldownTracker _lanes;
    private readonly CooldownOptions _options = new();

    public CooldownTrackerTests() => _lanes = new CooldownTracker(_time);

    private static Account Account(string id = "a", bool? disableCooling = null) => new()
    {
        Id = id, Label = id, Provider = "openai", Protocol = Protocol.OpenAiChat, BaseUrl = "https://x", Credential = new NoCredential(), DisableCooling = disableCooling,
    };

    private void Fail(FailureClass cause, double? hintSeconds = null, string model = "m", ErrorKind kind = ErrorKind.Api, Account? account = null)
        => _lanes.RecordFailure(account ?? Account(), model, new Failure(cause, new WireError(kind, "no"), hintSeconds is { } seconds ? _time.GetUtcNow().AddSeconds(seconds) : null), _options);

    private double Rest(string model = "m") => _lanes.Find(Account(), model) is { } state ? (state.Until - _time.GetUtcNow()).TotalSeconds : 0;

    /// <summary>The rests of faults that each come right after the one before has ended.</summary>
    private double[] Ladder(FailureClass cause, int steps)
    {
        var cooldowns = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            Fail(cause);
            cooldowns[step] = Rest();
            _time.Advance(TimeSpan.FromSeconds(Math.Max(3, cooldowns[step])));
        }

        return cooldowns;
    }

    [Fact]
    public void Rate_limits_double_to_half_an_hour()
        => Ladder(FailureClass.RateLimited, 13).ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1800, 1800]);

    [Fact]
    public void Windows_of_headers_and_of_a_usage_page_stand_side_by_side()
    {
        var reset = _time.GetUtcNow().AddHours(1);
        _lanes.Observe(Account(), null, [new QuotaWindow("requests", null, 10, 5, reset), new QuotaWindow("credits", 0.5, null, null, null)]);
        _time.Advance(TimeSpan.FromMinutes(30));
        _lanes.Observe(Account(), null, [new QuotaWindow("5h", 0.3, null, null, reset.AddHours(4))]);

        _lanes.Report().ShouldHaveSingleItem().Quotas.Select(window => window.Name).ShouldBe(["5h", "requests", "credits"]);
        _lanes.Report()[0].Quotas[1].SeenAt.ShouldBe(_time.GetUtcNow().AddMinutes(-30));

        // One is over, the other was not mentioned for an hour.
        _time.Advance(TimeSpan.FromMinutes(31));
        _lanes.Observe(Account(), null, [new QuotaWindow("5h", 0.4, null, null, reset.AddHours(4))]);
        _lanes.Report()[0].Quotas.Select(window => window.Name).ShouldBe(["5h"]);
    }

    [Fact]
    public void A_window_that_fills_is_used_up_at_its_pace_or_reset_before()
    {
        var reset = _time.GetUtcNow().AddHours(5);
        DateTimeOffset? End() => _lanes.Report()[0].ExhaustedAt.TryGetValue("5h", out var end) ? end : null;
        void See(double used, double minutes)
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            _lanes.Observe(Account(), null, [new QuotaWindow("5h", used, null, null, reset)]);
        }

        See(0.10, 0);
        End().ShouldBeNull();
        See(0.10, 10);
        End().ShouldBeNull();
        // A tenth in twenty minutes: eight tenths take 160 more.
        See(0.20, 10);
        End().ShouldBe(_time.GetUtcNow().AddMinutes(160));
        // Slower: not before the reset.
        See(0.20, 60);
        See(0.21, 60);
        End().ShouldBeNull();
        // It began anew: what was before says nothing.
        reset = reset.AddHours(5);
        See(0.05, 200);
        End().ShouldBeNull();
    }

    [Fact]
    public void Quotas_climb_their_steps() => Ladder(FailureClass.QuotaExhausted, 4).ShouldBe([60, 300, 1800, 1800]);

    [Fact]
    public void Overload_is_short() => Ladder(FailureClass.Capacity, 4).ShouldBe([15, 30, 60, 60]);

    [Theory]
    [InlineData(FailureClass.Transient)]
    [InlineData(FailureClass.UpstreamBug)]
    public void Passing_faults_stop_at_the_configured_cap(FailureClass cause) => Ladder(cause, 6).ShouldBe([5, 10, 20, 40, 60, 60]);

    [Theory]
    [InlineData(FailureClass.Forbidden)]
    [InlineData(FailureClass.Gone)]
    public void Missing_rights_and_models_rest_the_lane_alone_and_one_odd_request_not_for_long(FailureClass cause)
    {
        Fail(cause);
        Rest().ShouldBe(60);
        Rest("other").ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(60));
        Ladder(cause, 3).ShouldBe([300, 1800, 1800]);
    }

    [Fact]
    [Trait("check", "cliproxy 39")]
    public void A_refused_credential_rests_the_account()
    {
        Fail(FailureClass.AuthDead);
        Rest("other").ShouldBe(1800);
        _lanes.RecordSuccess(Account(), "m");
        Rest("other").ShouldBe(0);
        Fail(FailureClass.Forbidden, kind: ErrorKind.Billing);
        Rest("other").ShouldBe(60);
        _lanes.Clear("a");
        Rest("other").ShouldBe(0);
    }

    [Theory]
    [InlineData(FailureClass.InvalidRequest)]
    [InlineData(FailureClass.ContextTooLong)]
    [InlineData(FailureClass.ContentFiltered)]
    [InlineData(FailureClass.Unsupported)]
    public void A_fault_of_the_request_is_not_the_lanes(FailureClass cause)
    {
        Fail(cause, 60);
        Rest().ShouldBe(0);
        _lanes.Report().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FailureClass.RateLimited, 90, 90)]
    [InlineData(FailureClass.RateLimited, 864_000, 3_600)]
    [InlineData(FailureClass.QuotaExhausted, 500_000, 500_000)]
    [InlineData(FailureClass.QuotaExhausted, 9_000_000, 8 * 86_400)]
    [InlineData(FailureClass.RateLimited, -5, 1)]
    public void Hints_are_honoured_up_to_a_cap(FailureClass cause, double hint, double rest)
    {
        Fail(cause, hint);
        Rest().ShouldBe(rest);
    }

    [Theory]
    [InlineData(FailureClass.Gone)]
    [InlineData(FailureClass.Forbidden)]
    [InlineData(FailureClass.AuthDead)]
    public void What_is_no_limit_is_a_guess_whatever_time_an_upstream_names(FailureClass cause)
    {
        Fail(cause, 1_000);
        _lanes.Report().ShouldHaveSingleItem().State.IsUpstreamHint.ShouldBeFalse();
    }

    [Fact]
    public void A_stated_limit_counts_before_a_guess_that_ends_later()
    {
        Fail(FailureClass.AuthDead);
        Fail(FailureClass.RateLimited, 10);
        _lanes.Find(Account(), "m")!.IsUpstreamHint.ShouldBeTrue();
        _lanes.Find(Account(), "other")!.IsUpstreamHint.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(11));
        _lanes.Find(Account(), "m")!.Cause.ShouldBe(FailureClass.AuthDead);
    }

    [Fact]
    [Trait("check", "cliproxy 42")]
    public void Parallel_faults_count_once()
    {
        for (var call = 0; call < 20; call++) Fail(FailureClass.RateLimited);
        Rest().ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Fail(FailureClass.RateLimited);
        _lanes.Report()[0].State.ConsecutiveFailures.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(FailureClass.RateLimited);
        Rest().ShouldBe(2);
    }

    [Fact]
    public void A_guess_never_shortens_and_a_word_of_the_upstream_replaces()
    {
        Fail(FailureClass.QuotaExhausted, 1_000);
        Fail(FailureClass.RateLimited);
        Fail(FailureClass.Transient);
        Rest().ShouldBe(1_000);
        Fail(FailureClass.RateLimited, 10);
        Rest().ShouldBe(10);
    }

    [Fact]
    public void A_success_ends_guesses_and_streaks_but_not_what_the_upstream_asked_for()
    {
        Fail(FailureClass.Transient);
        _lanes.RecordSuccess(Account(), "m");
        Rest().ShouldBe(0);
        Ladder(FailureClass.Transient, 1).ShouldBe([5]);
        _lanes.RecordSuccess(Account(), "m");
        Fail(FailureClass.RateLimited, 30);
        _lanes.RecordSuccess(Account(), "m");
        Rest().ShouldBe(30);
    }

    [Fact]
    public void A_streak_is_forgotten_after_a_quiet_while()
    {
        Ladder(FailureClass.Capacity, 3).ShouldBe([15, 30, 60]);
        _time.Advance(TimeSpan.FromMinutes(10));
        Ladder(FailureClass.Capacity, 1).ShouldBe([15]);
    }

    [Fact]
    [Trait("check", "cliproxy 45")]
    public void Cooling_can_be_switched_off_for_all_or_one()
    {
        var off = new CooldownOptions { Disabled = true };
        _lanes.RecordFailure(Account(), "m", new Failure(FailureClass.AuthDead, new WireError(ErrorKind.Api, "no")), off);
        Rest().ShouldBe(0);
        Fail(FailureClass.AuthDead, account: Account(disableCooling: true));
        Rest().ShouldBe(0);
        _lanes.RecordFailure(Account(disableCooling: false), "m", new Failure(FailureClass.Gone, new WireError(ErrorKind.Api, "no")), off);
        Rest().ShouldBe(60);
    }

    [Fact]
    public void Zero_for_passing_faults_means_no_rest()
    {
        _lanes.RecordFailure(Account(), "m", new Failure(FailureClass.Transient, new WireError(ErrorKind.Api, "no")), new CooldownOptions { TransientCap = TimeSpan.Zero });
        Rest().ShouldBe(0);
    }

    [Fact]
    public void Any_order_of_events_keeps_the_caps()
    {
        var random = new Random(4711);
        var causes = Enum.GetValues<FailureClass>();
        for (var step = 0; step < 5_000; step++)
        {
            var cause = causes[random.Next(causes.Length)];
            if (random.Next(6) == 0) _lanes.RecordSuccess(Account(), "m");
            else Fail(cause, random.Next(3) == 0 ? random.Next(-10, 2_000_000) : null);
            Rest().ShouldBeLessThanOrEqualTo(8 * 86_400);
            foreach (var report in _lanes.Report())
                if (!report.State.IsUpstreamHint) (report.State.Until - _time.GetUtcNow()).TotalSeconds.ShouldBeLessThanOrEqualTo(1_800);
            _time.Advance(TimeSpan.FromSeconds(random.Next(0, 4_000)));
        }
    }

    [Fact]
    public void Sessions_are_bounded_and_the_longest_unused_goes_first()
    {
        var sessions = new SessionAffinityTable(_time, capacity: 3);
        foreach (var session in new[] { "1", "2", "3" }) sessions.Bind(session, "m", "a", "m");
        sessions.Bind("1", "m", "b", "m");
        sessions.Bind("4", "m", "a", "m");
        sessions.Count.ShouldBe(3);
        sessions.Find("2", "m", TimeSpan.FromHours(1)).ShouldBeNull();
        sessions.Find("1", "m", TimeSpan.FromHours(1)).ShouldBe(new SessionBinding("b", "m", 0, _time.GetUtcNow()));
        sessions.Find("1", "other", TimeSpan.FromHours(1)).ShouldBeNull();
    }
}
