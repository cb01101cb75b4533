using Dragoman.Gateway.Persistence;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Tests.Abstractions;

public sealed class QuotaHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void OpenAi_and_its_kin()
        => Read(("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "59"), ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-limit-tokens", "150000"), ("X-RateLimit-Remaining-Tokens", "149984"), ("x-ratelimit-reset-tokens", "6m0s")).Target.ShouldBe(
            [new QuotaWindow("requests", null, 60, 59, Now.AddSeconds(1)), new QuotaWindow("tokens", null, 150_000, 149_984, Now.AddMinutes(6))], ignoreOrder: true);

    [Fact]
    public void A_single_window_without_a_name_and_a_reset_in_milliseconds()
        => Read(("X-RateLimit-Limit", "20"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", Now.AddSeconds(30).ToUnixTimeMilliseconds().ToString())).Target
            .ShouldBe([new QuotaWindow("requests", null, 20, 0, Now.AddSeconds(30))]);

    [Fact]
    public void Anthropics_key_limits_and_subscription_windows()
    {
        var read = Read(("anthropic-ratelimit-input-tokens-limit", "40000"), ("anthropic-ratelimit-input-tokens-remaining", "1000"), ("anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:01:00Z"),
            ("anthropic-ratelimit-unified-status", "allowed"), ("anthropic-ratelimit-unified-reset", "1772370000"), ("anthropic-ratelimit-unified-representative-claim", "five_hour"),
            ("anthropic-ratelimit-unified-5h-status", "allowed"), ("anthropic-ratelimit-unified-5h-utilization", "0.42"), ("anthropic-ratelimit-unified-5h-reset", Now.AddHours(2).ToUnixTimeSeconds().ToString()),
            ("anthropic-ratelimit-unified-7d-utilization", "1.2"), ("anthropic-ratelimit-unified-7d-reset", Now.AddDays(3).ToUnixTimeSeconds().ToString()));
        read.Target.ShouldBe([new QuotaWindow("input-tokens", null, 40_000, 1_000, Now.AddMinutes(1))]);
        read.Account.ShouldBe([new QuotaWindow("5h", 0.42, null, null, Now.AddHours(2)), new QuotaWindow("7d", 1, null, null, Now.AddDays(3))], ignoreOrder: true);
    }

    [Fact]
    public void Nonsense_is_no_quota()
    {
        Reading(("x-request-id", "1"), ("retry-after", "5")).ShouldBeNull();
        var read = Read(("x-ratelimit-remaining-requests", "many"), ("x-ratelimit-reset-requests", "soon"), ("anthropic-ratelimit-unified-5h-utilization", "NaN"));
        read.Target.ShouldBeEmpty();
        read.Account.ShouldBeEmpty();
    }

    private static QuotaReading Read(params (string Name, string Value)[] headers) => Reading(headers).ShouldNotBeNull();

    private static QuotaReading? Reading(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return QuotaHeaders.Read(response.Headers, Now);
    }
}
