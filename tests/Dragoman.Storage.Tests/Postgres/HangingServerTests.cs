using System.Diagnostics;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Postgres;
using Dragoman.Storage.Sql;
using Dragoman.Storage.Tests.Support;
using Npgsql;

namespace Dragoman.Storage.Tests.Postgres;

/// <summary>A server that stops answering, with many who want something of it.</summary>
[Trait("speed", "slow")]
public sealed class HangingServerTests : IAsyncLifetime
{
    private static readonly BudgetLimit Total = new(BudgetUnit.Tokens, BudgetPeriod.Total, 1_000_000);

    /// <summary>What a budgeted request may be kept waiting, with room for a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2.9);

    private readonly PostgresPlace _place = new();
    private StallingProxy? _proxy;
    private IGatewayStore? _store;

    public async ValueTask InitializeAsync()
    {
        await _place.PrepareAsync();
        var address = new NpgsqlConnectionStringBuilder(_place.Address);
        _proxy = new StallingProxy(address.Port);
        address.Port = _proxy.Port;
        _store = await StorePlace.OpenAsync(address.ConnectionString, timeout: StoreGuard.DefaultTimeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is null) return;
        _proxy.GoOn();
        if (_store is not null) await _store.DisposeAsync();
        await _proxy.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Those_who_ask_are_refused_soon_others_have_their_threads_and_it_goes_on_by_itself()
    {
        (await _store!.Budgets.ReserveAsync(Reserve("before"))).Granted.ShouldBeTrue();
        _proxy!.Stall();
        var worst = TimeSpan.Zero;
        using var over = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            // Everything else in the process needs a thread now and then.
            while (!over.IsCancellationRequested)
            {
                var begun = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => { })));
                var took = Stopwatch.GetElapsedTime(begun);
                if (took > worst) worst = took;
                await Task.Delay(5);
            }
        });

        var first = await Task.WhenAll(Enumerable.Range(0, 60).Select(number => AskAsync($"first{number}")));
        first.ShouldAllBe(asked => asked.Fault == StoreFault.Unavailable && asked.Took < Soon);
        // Now it is known: nobody waits but one a second who looks.
        var second = await Task.WhenAll(Enumerable.Range(0, 60).Select(number => AskAsync($"second{number}")));
        second.ShouldAllBe(asked => asked.Fault == StoreFault.Unavailable && asked.Took < Soon);
        second.Count(asked => asked.Took > TimeSpan.FromSeconds(1)).ShouldBeLessThan(3);
        _proxy.Open.ShouldBeLessThan(20);
        await over.CancelAsync();
        await others;
        worst.ShouldBeLessThan(TimeSpan.FromSeconds(1.5), "threads were free");

        _proxy.GoOn();
        var clock = Stopwatch.StartNew();
        while ((await AskAsync("after")).Fault is not null)
        {
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Delay(50);
        }

        // What was refused is not held: late reservations are undone.
        decimal reserved;
        do
        {
            await Task.Delay(20);
            reserved = (await _store.Budgets.GetStatusAsync("key:k", [Total]))[0].Reserved;
        }
        while (reserved > 20 && clock.Elapsed < TimeSpan.FromSeconds(30));
        reserved.ShouldBe(20);
        (await _store.CheckAsync()).Healthy.ShouldBeTrue();
    }

    [Fact]
    public async Task The_question_how_it_is_does_not_hang_either()
    {
        _proxy!.Stall();
        var clock = Stopwatch.StartNew();
        (await _store!.CheckAsync()).Healthy.ShouldBeFalse();
        clock.Elapsed.ShouldBeLessThan(Soon);
        clock.Restart();
        (await _store.CheckAsync()).Healthy.ShouldBeFalse();
        (await Should.ThrowAsync<StoreException>(() => _store.Accounts.ListAsync())).Fault.ShouldBe(StoreFault.Unavailable);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1.5), "it is known by now");
        _proxy.GoOn();
    }

    [Theory]
    [InlineData("sslrootcert=/etc/my-certs/root-ca.pem", "/etc/my-certs/root-ca.pem")]
    [InlineData("Root%20Certificate=%2Fetc%2Fmy-certs%2Froot-ca.pem", "/etc/my-certs/root-ca.pem")]
    public void Paths_of_certificates_keep_their_dashes(string query, string path)
    {
        var read = new NpgsqlConnectionStringBuilder(PostgresAddress.Read($"postgres://u@db.example/gate-way?sslmode=verify-full&{query}&application_name=my-gateway"));
        (read.RootCertificate, read.SslMode, read.ApplicationName, read.Database).ShouldBe((path, SslMode.VerifyFull, "my-gateway", "gate-way"));
        read.Timeout.ShouldBe(5);
        new NpgsqlConnectionStringBuilder(PostgresAddress.Read("postgres://u@db.example/g?connect_timeout=9")).Timeout.ShouldBe(9);
    }

    private static ReservationRecord Reserve(string id) => new()
    {
        RequestId = id,
        Instance = "i",
        Lines = [new BudgetLine("key:k", Total)],
        Tokens = 10,
        Term = TimeSpan.FromMinutes(2),
        IfOrphaned = new UsageEntry { RequestId = id, At = DateTimeOffset.UnixEpoch },
    };

    private async Task<(StoreFault? Fault, TimeSpan Took)> AskAsync(string id)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await _store!.Budgets.ReserveAsync(Reserve(id));
            return (null, clock.Elapsed);
        }
        catch (StoreException ex)
        {
            return (ex.Fault, clock.Elapsed);
        }
    }
}
