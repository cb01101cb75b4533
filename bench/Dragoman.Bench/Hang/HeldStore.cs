using Dragoman.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Dragoman.Bench.Hang;

/// <summary>A gateway's store that can be made to stop answering.</summary>
internal abstract class HeldStore : IAsyncDisposable
{
    /// <summary>What it is, for the report.</summary>
    public abstract string Name { get; }

    /// <summary>The address for the gateway's configuration, or null for its own files.</summary>
    public virtual string? Address => null;

    /// <summary>From now on it does not answer.</summary>
    public abstract Task HoldAsync();

    /// <summary>It answers again.</summary>
    public abstract Task GoOnAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A PostgreSQL behind a way that stops forwarding: connections stay open and are taken, and nothing passes.</summary>
internal sealed class HeldPostgres : HeldStore
{
    private readonly StallingProxy _proxy;

    public HeldPostgres(string address)
    {
        NpgsqlConnectionStringBuilder server;
        try
        {
            server = new NpgsqlConnectionStringBuilder(address);
        }
        catch (ArgumentException)
        {
            throw new UsageException("--postgres: write it as Host=127.0.0.1;Port=…;Username=…;Database=…");
        }

        _proxy = new StallingProxy(server.Port);
        (server.Host, server.Port) = ("127.0.0.1", _proxy.Port);
        Address = server.ConnectionString;
    }

    public override string Name => "PostgreSQL behind a proxy that stops forwarding";

    public override string Address { get; }

    public override Task HoldAsync()
    {
        _proxy.Stall();
        return Task.CompletedTask;
    }

    public override Task GoOnAsync()
    {
        _proxy.GoOn();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => _proxy.DisposeAsync();
}

/// <summary>The gateway's own SQLite file, held for writing by another process: ourselves.</summary>
internal sealed class HeldSqlite(string file) : HeldStore
{
    private SqliteConnection? _holder;

    public override string Name => "SQLite held for writing by another process";

    public override Task HoldAsync()
    {
        SQLitePCL.Batteries_V2.Init();
        _holder = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        _holder.Open();
        return RunAsync("BEGIN EXCLUSIVE");
    }

    public override Task GoOnAsync() => RunAsync("ROLLBACK");

    public override ValueTask DisposeAsync() => _holder?.DisposeAsync() ?? default;

    private async Task RunAsync(string sql)
    {
        await using var command = _holder!.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
