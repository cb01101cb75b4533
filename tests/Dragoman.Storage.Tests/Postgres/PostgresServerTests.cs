using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Postgres;
using Dragoman.Storage.Tests.Support;
using Npgsql;

namespace Dragoman.Storage.Tests.Postgres;

[Trait("speed", "slow")]
public sealed class PostgresServerTests : StoreContract<PostgresPlace>
{
    [Fact]
    public async Task Lost_connections_are_told_of_and_recovered_from()
    {
        await using var changes = Store.Changes.ListenAsync().GetAsyncEnumerator();
        await Store.Settings.SetAsync(new Setting("a", "1"), null);
        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Setting, "a"));
        var server = await PostgresServer.StartedAsync();
        var database = new NpgsqlConnectionStringBuilder(Place.Address).Database;
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        // Notices may have been missed meanwhile, so listeners are to look at everything.
        (await NextAsync(changes)).Kind.ShouldBe(StoreChangeKind.Everything);
        for (var tries = 0; ; tries++)
        {
            try
            {
                (await Store.Settings.SetAsync(new Setting("a", "2"), null)).Saved.ShouldBeTrue();
                break;
            }
            catch (StoreException ex) when (tries < 20)
            {
                ex.Fault.ShouldBe(StoreFault.Unavailable);
            }
        }

        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Setting, "a"));
    }

    [Fact]
    public async Task A_newer_database_is_refused()
    {
        var server = await PostgresServer.StartedAsync();
        var database = new NpgsqlConnectionStringBuilder(Place.Address).Database!;
        await server.ExecuteAsync("INSERT INTO dragoman_schema (version) VALUES (999)", database);
        (await Should.ThrowAsync<StoreException>(() => Place.OpenAsync())).Fault.ShouldBe(StoreFault.TooNew);
    }

    [Fact]
    public async Task A_server_that_is_not_there_and_an_address_that_is_none_are_told_apart()
    {
        (await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync("Host=127.0.0.1;Port=1;Username=x;Password=canary"))).Fault.ShouldBe(StoreFault.Unavailable);
        var fault = await Should.ThrowAsync<StoreException>(() => StorePlace.OpenAsync("Host=x;Pasword=canary"));
        fault.Fault.ShouldBe(StoreFault.Invalid);
        fault.ToString().ShouldNotContain("canary");
    }

    [Fact]
    public void Urls_of_hosting_services_are_read()
    {
        var read = new NpgsqlConnectionStringBuilder(PostgresAddress.Read("postgres://us%40er:p%2Fw@db.example:6543/gate?sslmode=verify-full"));
        (read.Host, read.Port, read.Username, read.Password, read.Database, read.SslMode).ShouldBe(("db.example", 6543, "us@er", "p/w", "gate", SslMode.VerifyFull));
    }
}
