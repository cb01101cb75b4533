using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Tests;

public sealed class BudgetWindowTests
{
    [Theory]
    [InlineData("UTC", "2026-03-14T23:59:59Z", "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")] // 23 hours
    [InlineData("Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")] // 25 hours
    [InlineData("Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")] // midnight is skipped
    [InlineData("no/where", "2026-03-14T01:00:00Z", "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z")]
    public void Days_are_local_days(string zone, string now, string start, string end)
        => BudgetWindow.At(BudgetPeriod.Day, zone, DateTimeOffset.Parse(now)).ShouldBe((DateTimeOffset.Parse(start), DateTimeOffset.Parse(end)));

    [Theory]
    [InlineData("UTC"), InlineData("America/Havana"), InlineData("Africa/Cairo"), InlineData("Australia/Lord_Howe"), InlineData("Pacific/Apia"), InlineData("America/Sao_Paulo")]
    public void Every_moment_is_in_exactly_one_window(string zone)
    {
        foreach (var period in new[] { BudgetPeriod.Day, BudgetPeriod.Month })
        {
            var at = new DateTimeOffset(2010, 12, 30, 0, 0, 0, default);
            var (start, end) = BudgetWindow.At(period, zone, at);
            for (; at.Year < 2014; at = at.AddMinutes(period == BudgetPeriod.Day ? 30 : 600))
            {
                var window = BudgetWindow.At(period, zone, at);
                (window.Start <= at && at < window.End).ShouldBeTrue($"{zone} {at:O} {window}");
                if (window.Start != start) window.Start.ShouldBe(end, $"{zone} {at:O}");
                (start, end) = window;
            }
        }
    }
}
