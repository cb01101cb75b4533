using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Dragoman.Testing;

/// <summary>
/// A real PostgreSQL of the machine's own package, on a private port and folder, started when first asked for and gone with this process (also when that
/// is killed: it lives as long as a pipe from here is open). Its syncing is off; what is tested on it is behaviour, not disks.
/// </summary>
public sealed class PostgresServer
{
    private const string User = "postgres";
    private static readonly Lazy<Task<(PostgresServer? Server, string Reason)>> Single = new(StartAsync);

    private readonly Process _keeper;
    private readonly TempFolder _home;
    private readonly int _number;

    private PostgresServer(Process process, TempFolder folder, int port)
    {
        _keeper = process;
        _home = folder;
        _number = port;
    }

    /// <summary>The server; skips the test where there is none.</summary>
    public static async Task<PostgresServer> StartedAsync()
    {
        var (server, reason) = await Single.Value;
        if (server is null) Assert.Skip(reason);
        return server!;
    }

    public static async Task StopAsync()
    {
        if (!Single.IsValueCreated || (await Single.Value).Server is not { } server) return;
        server._keeper.StandardInput.Close();
        await server._keeper.WaitForExitAsync();
        server._home.Dispose();
    }

    public string Connection(string database) => $"Host=127.0.0.1;Port={_number};Username=dragoman;Database={database};Pooling=true;Maximum Pool Size=20";

    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_number};Username=dragoman;Database={database};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<(PostgresServer? Server, string Reason)> StartAsync()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var bin = versions.Select(version => Path.Combine(version, "bin")).Where(path => File.Exists(Path.Combine(path, "initdb"))).OrderDescending(StringComparer.Ordinal).FirstOrDefault();
        if (bin is null) return (null, "PostgreSQL is not installed (tests/setup.d/postgresql installs it)");

        var folder = new TempFolder();
        var data = folder.File("data");
        // PostgreSQL refuses to run as root.
        var root = Environment.UserName == "root";
        if (root && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
            Directory.CreateDirectory(data);
            await RunAsync("chown", User, data);
        }

        var port = FreePort();
        await RunAsync([.. As(root), $"{bin}/initdb", "-D", data, "-U", "dragoman", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        var server = string.Join(' ', [.. As(root), $"{bin}/postgres", "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300"]);
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{server} >'{folder.File("log")}' 2>&1 & p=$!; cat >/dev/null; kill -INT $(head -n 1 '{data}/postmaster.pid'); wait $p"]) { RedirectStandardInput = true, UseShellExecute = false })!;
        var started = new PostgresServer(process, folder, port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await started.ExecuteAsync("SELECT 1");
                return (started, "");
            }
            catch (NpgsqlException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string[] As(bool root) => root ? ["runuser", "-u", User, "--"] : [];

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {await output}{errors}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed class PostgresShutdown : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await PostgresServer.StopAsync();
}
