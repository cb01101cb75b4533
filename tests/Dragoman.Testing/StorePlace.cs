using Dragoman.Gateway.Persistence;
using Dragoman.Storage;
using Dragoman.Storage.Postgres;
using Dragoman.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Testing;

/// <summary>An empty database of one engine, in which any number of stores can be opened; gone after the test.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    /// <summary>What a writer process needs to open the same database.</summary>
    public abstract string Address { get; }

    public abstract Task PrepareAsync();

    public Task<IGatewayStore> OpenAsync(TimeProvider? time = null) => OpenAsync(Address, time);

    /// <summary>A store that is waited for as long as it takes: how fast this machine is, is no test's business. The tests of a store that hangs give another patience.</summary>
    public static Task<IGatewayStore> OpenAsync(string address, TimeProvider? time = null, TimeSpan? timeout = null) => address.StartsWith("Host=", StringComparison.Ordinal)
        ? GatewayStore.OpenAsync(new PostgresStoreOptions { Connection = address, Timeout = timeout ?? TimeSpan.FromMinutes(2) }, time ?? TimeProvider.System, NullLogger.Instance)
        : GatewayStore.OpenAsync(new SqliteStoreOptions { Folder = address, Timeout = timeout ?? TimeSpan.FromMinutes(2) }, time ?? TimeProvider.System, NullLogger.Instance);

    public abstract ValueTask DisposeAsync();
}

public sealed class SqlitePlace : StorePlace
{
    private readonly TempFolder _folder = new();

    public override string Address => Path.Combine(_folder.Path, "data");

    public override Task PrepareAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }
}

public sealed class PostgresPlace : StorePlace
{
    private readonly string _database = $"t{Guid.NewGuid():N}";
    private PostgresServer? _server;

    public override string Address => _server!.Connection(_database);

    public override async Task PrepareAsync()
    {
        _server = await PostgresServer.StartedAsync();
        await _server.ExecuteAsync($"CREATE DATABASE {_database}");
    }

    /// <summary>Does something in the database that no store does.</summary>
    public Task ExecuteAsync(string sql) => _server!.ExecuteAsync(sql, _database);

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.ExecuteAsync($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
    }
}

public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("dragoman-storage-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
