using System.Net;
using Dragoman.Management.Access;

namespace Dragoman.Management.Tests.Access;

/// <summary>Who shows wrong secrets is locked out, for longer each time, and the table that knows it stays small.</summary>
public sealed class LoginFailuresTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private readonly SetClock _time = new();

    [Fact]
    public void Five_in_a_row_lock_out_and_each_time_for_longer_up_to_a_day()
    {
        var failures = new LoginFailures(_time);
        var lengths = new List<double>();
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < 4; i++) failures.Failed(One).ShouldBeNull();
            failures.LockedFor(One).ShouldBeNull();
            var length = failures.Failed(One).ShouldNotBeNull();
            failures.LockedFor(One).ShouldBe(length);
            lengths.Add(length.TotalHours);
            _time.Now += length;
            failures.LockedFor(One).ShouldBeNull();
        }

        lengths.ShouldBe([0.5, 1, 2, 4, 8, 16, 24, 24]);
    }

    [Fact]
    public void The_right_secret_and_two_days_of_quiet_forget()
    {
        var failures = new LoginFailures(_time);
        for (var i = 0; i < 4; i++) failures.Failed(One);
        failures.Succeeded(One);
        for (var i = 0; i < 4; i++) failures.Failed(One).ShouldBeNull();
        _time.Now += TimeSpan.FromHours(49);
        for (var i = 0; i < 4; i++) failures.Failed(One).ShouldBeNull();
    }

    [Fact]
    public void A_network_of_IPv6_is_one_source_and_others_are_not_touched()
    {
        var failures = new LoginFailures(_time);
        for (var i = 1; i <= 5; i++) failures.Failed(IPAddress.Parse($"2001:db8:0:1::{i}"));
        failures.LockedFor(IPAddress.Parse("2001:db8:0:1:ffff::9")).ShouldNotBeNull();
        failures.LockedFor(IPAddress.Parse("2001:db8:0:2::1")).ShouldBeNull();
        for (var i = 1; i <= 5; i++) failures.Failed(IPAddress.Parse("::ffff:192.0.2.1"));
        failures.LockedFor(One).ShouldNotBeNull();
        failures.LockedFor(IPAddress.Parse("192.0.2.2")).ShouldBeNull();
    }

    [Fact]
    public void Loopback_is_one_source_by_whatever_address()
    {
        var failures = new LoginFailures(_time);
        string[] spellings = ["127.0.0.1", "127.0.0.2", "127.255.1.9", "::1", "::ffff:127.0.0.3"];
        foreach (var spelling in spellings) failures.Failed(IPAddress.Parse(spelling));
        foreach (var spelling in spellings) failures.LockedFor(IPAddress.Parse(spelling)).ShouldNotBeNull(spelling);
        failures.LockedFor(IPAddress.Parse("::2")).ShouldBeNull();
    }

    [Fact]
    public void A_full_table_forgets_the_least_guilty()
    {
        var failures = new LoginFailures(_time, capacity: 3);
        for (var i = 0; i < 5; i++) failures.Failed(One);
        for (var i = 10; i < 60; i++) failures.Failed(IPAddress.Parse($"192.0.2.{i}"));
        failures.LockedFor(One).ShouldNotBeNull();
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
