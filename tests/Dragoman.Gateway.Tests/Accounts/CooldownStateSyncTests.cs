using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Gateway.Tests.Accounts;

public sealed class CooldownStateSyncTests
{
    private static readonly string Two = "openai-compatibility:\n" + RouterFixture.Upstream("a") + RouterFixture.Upstream("b");
    private readonly MemoryCooldowns _store = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Cooldowns_outlive_a_restart_with_their_absolute_times()
    {
        var first = NewRouter();
        await using (await KeepAsync(first))
        {
            Fail(first, FailureClass.QuotaExhausted, TimeSpan.FromHours(3));
            first.ReportQuotas(CandidateOf(first, "b"), new QuotaReading([], [new QuotaWindow("5h", 0.5, null, null, _time.GetUtcNow().AddHours(2))]));
        }

        _time.Advance(TimeSpan.FromHours(1));
        var second = NewRouter();
        await using var keeper = await KeepAsync(second);
        var plan = Plan(second);
        plan.Candidates.Select(candidate => candidate.Account.Label).ShouldBe(["b"]);
        plan.Excluded.Single().Until.ShouldBe(_time.GetUtcNow().AddHours(2));
        second.Cooldowns.QuotaLeft(CandidateOf(second, "b").Account, "m").ShouldBe(0.45, "half, and an hour old");
    }

    [Fact]
    public async Task Expired_rests_are_dropped_and_streaks_kept_while_they_count()
    {
        var first = NewRouter();
        await using (await KeepAsync(first))
        {
            for (var fault = 0; fault < 3; fault++)
            {
                FailAt(first, CandidateOf(first, "a"), FailureClass.RateLimited);
                _time.Advance(TimeSpan.FromSeconds(4));
            }
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        var soon = NewRouter();
        await using (await KeepAsync(soon))
        {
            Plan(soon).Candidates.Count.ShouldBe(2);
            FailAt(soon, CandidateOf(soon, "a"), FailureClass.RateLimited)!.ConsecutiveFailures.ShouldBe(4);
        }

        _time.Advance(TimeSpan.FromHours(1));
        var late = NewRouter();
        await using var keeper = await KeepAsync(late);
        late.Cooldowns.Report().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stored_rest_is_capped_like_any_other()
    {
        var router = NewRouter();
        var id = CandidateOf(router, "a").Account.Id;
        await _store.SaveAsync([new StoredCooldown(id, "m", new CooldownState { Until = _time.GetUtcNow().AddYears(1), Cause = FailureClass.RateLimited, IsUpstreamHint = true, ConsecutiveFailures = 1 }, _time.GetUtcNow())], Cancel);
        await using var keeper = await KeepAsync(router);
        Plan(router).Excluded.Single().Until.ShouldBe(_time.GetUtcNow().AddHours(1));
    }

    [Fact]
    public async Task What_one_gateway_learns_another_on_the_same_store_takes_up()
    {
        var (one, other) = (NewRouter(), NewRouter());
        await using var keeper = await KeepAsync(one);
        await using var others = await KeepAsync(other);
        Fail(one, FailureClass.RateLimited, TimeSpan.FromMinutes(30));
        await _time.UntilAsync(() => Plan(other).Candidates.Count == 1);
        one.Cooldowns.Clear(CandidateOf(one, "b").Account.Id);
        one.Cooldowns.Clear(Plan(other).Excluded.Single().Account.Id);
        await _time.UntilAsync(() => Plan(other).Candidates.Count == 2);
    }

    [Fact]
    public async Task Faults_in_crowds_are_one_write()
    {
        var router = NewRouter();
        await using var keeper = await KeepAsync(router);
        for (var fault = 0; fault < 500; fault++) FailAt(router, CandidateOf(router, fault % 2 == 0 ? "a" : "b"), FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        await _time.UntilAsync(() => _store.Saves > 0);
        _store.Saves.ShouldBe(1);
        _store.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_that_was_down_gets_it_all_later()
    {
        var router = NewRouter();
        _store.IsDown = true;
        await using var keeper = await KeepAsync(router);
        Fail(router, FailureClass.RateLimited, TimeSpan.FromMinutes(50));
        for (var step = 0; step < 50; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        _store.All.ShouldBeEmpty();
        _store.IsDown = false;
        await _time.UntilAsync(() => _store.All.Count == 1);
    }

    [Fact]
    public async Task An_account_that_goes_takes_its_lanes_along()
    {
        var router = NewRouter();
        await using var keeper = await KeepAsync(router);
        Fail(router, FailureClass.RateLimited, TimeSpan.FromMinutes(50));
        await _time.UntilAsync(() => _store.All.Count == 1);
        var (before, after) = (Config.Load(Two), Config.Load("openai-compatibility:\n" + RouterFixture.Upstream("b")));
        router.Apply(after.ToRouting());
        keeper.Take(before.Accounts, after.Accounts);
        await _time.UntilAsync(() => _store.All.Count == 0);
        router.Apply(before.ToRouting());
        keeper.Take(after.Accounts, before.Accounts);
        Plan(router).Candidates.Count.ShouldBe(2);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Router NewRouter() => new(Config.Load(Two).ToRouting(), _time);

    private Task<CooldownStateSync> KeepAsync(Router router) => CooldownStateSync.OpenAsync(router.Cooldowns, () => router.AccountIds, _store, _store, _time, NullLogger.Instance, Cancel);

    private static RoutePlan Plan(Router router) => router.Plan(RouterFixture.Request("m"), dryRun: true);

    private static Candidate CandidateOf(Router router, string label)
    {
        var account = router.VisibleModels()[0].Servers.Single(account => account.Label == label);
        return new Candidate(account, new UpstreamModel("m"));
    }

    private void Fail(Router router, FailureClass cause, TimeSpan hint) => FailAt(router, CandidateOf(router, "a"), cause, hint);

    private CooldownState? FailAt(Router router, Candidate candidate, FailureClass cause, TimeSpan? hint = null)
    {
        return router.ReportFailure(candidate, new Failure(cause, new WireError(ErrorKind.RateLimit, "no"), hint is { } wait ? _time.GetUtcNow() + wait : null));
    }
}
