using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Cli;
using Microsoft.Extensions.Logging;
using Command = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Management;

/// <summary>Backup, restore and the change of keys, as an operator does them: by the command, with real processes.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-backup-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string Target => Path.Combine(_folder, "saved.backup");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_running_gateway_is_backed_up_and_a_stopped_one_restored()
    {
        await using (var gateway = await StartAsync())
        {
            await gateway.Store.Settings.SetAsync(new Setting("kept", "before"), null, TestContext.Current.CancellationToken);
            (await Command.RunAsync("backup", Target, "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error), run => run.Out.ShouldContain("rows"));
            File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await gateway.Store.Settings.SetAsync(new Setting("kept", "after"), null, TestContext.Current.CancellationToken);
            var refused = await Command.RunAsync("restore", Target, "--data", Data);
            refused.Code.ShouldBe(1);
            refused.Error.ShouldContain("A gateway runs");
            Directory.GetFiles(Data, "*.part").ShouldBeEmpty();
        }

        (await Command.RunAsync("restore", Target, "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error), run => run.Out.ShouldContain("before-restore-"));
        (await SettingAsync("kept")).ShouldBe("before");
        var former = Directory.GetFiles(Data, "before-restore-*.backup").ShouldHaveSingleItem();
        (await Command.RunAsync("restore", former, "--data", Data)).Code.ShouldBe(0);
        (await SettingAsync("kept")).ShouldBe("after");
        (await Command.RunAsync("restore", Path.Combine(_folder, "missing"), "--data", Data)).Code.ShouldBe(1);
        await File.WriteAllTextAsync(Target, "no backup");
        (await Command.RunAsync("restore", Target, "--data", Data)).Error.ShouldContain("not a whole backup");
    }

    [Fact]
    public async Task Killed_in_the_middle_backup_and_restore_leave_what_was_there()
    {
        await using (var gateway = await StartAsync())
        {
            await FillAsync(gateway.Store);
        }

        (await Command.RunAsync("backup", Target, "--data", Data)).Code.ShouldBe(0);
        var whole = await File.ReadAllBytesAsync(Target);
        var random = new Random(5);
        for (var round = 0; round < 4; round++)
        {
            var parts = Directory.GetFiles(_folder, "*.part").Length;
            // Killed once it has begun to write: the backup its file, the restore its tables (behind the copy of what was there).
            await using (var doomed = Command.Start("backup", Target, "--data", Data))
            {
                await Poll.UntilAsync(() => Directory.GetFiles(_folder, "*.part").Length > parts);
                await Task.Delay(random.Next(0, 20));
                doomed.Signal("KILL");
            }

            var copies = Directory.GetFiles(Data, "before-restore-*.backup").Length;
            await using (var doomed = Command.Start("restore", Target, "--data", Data))
            {
                await Poll.UntilAsync(() => Directory.GetFiles(Data, "before-restore-*.backup").Length > copies);
                await Task.Delay(random.Next(0, 200));
                doomed.Signal("KILL");
            }

            // The file is one whole backup or the other, the store opens, and nothing in it is lost.
            (await Command.RunAsync("restore", Target, "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error));
            (await SettingAsync("n499")).ShouldBe("value 499");
        }

        whole.Length.ShouldBeGreaterThan(1000);
        // What killed ones left half-written goes with the next of the kind.
        foreach (var folder in (string[])[_folder, Data])
            foreach (var part in Directory.GetFiles(folder, "*.part")) File.SetLastWriteTimeUtc(part, DateTime.UnixEpoch);
        (await Command.RunAsync("backup", Target, "--data", Data)).Code.ShouldBe(0);
        Directory.GetFiles(_folder, "*.part").ShouldBeEmpty();
        await (await StartAsync()).DisposeAsync();
        Directory.GetFiles(Data, "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_master_key_is_changed_while_it_runs_and_while_it_does_not()
    {
        var keyFile = Path.Combine(Data, "master.key");
        await using (var gateway = await StartAsync())
        {
            using var http = new HttpClient { BaseAddress = gateway.Address };
            using var body = new StringContent("""{"secret":"long-enough-for-all"}""", Encoding.UTF8, "application/json");
            using (await http.PutAsync("/api/v1/settings/management-secret", body))
            {
            }

            var old = await File.ReadAllTextAsync(keyFile);
            using var answer = await http.PostAsync("/api/v1/settings/rotate-key", null);
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["secrets"]!.GetValue<int>().ShouldBe(1);
            (await File.ReadAllTextAsync(keyFile)).ShouldNotBe(old);
            await gateway.ManagementSecret.LoadAsync(default);
            (await gateway.ManagementSecret.MatchesAsync("long-enough-for-all", default)).ShouldBeTrue();
        }

        (await Command.RunAsync("settings", "rotate-key", "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error), run => run.Out.ShouldContain("1 secret"));
        (await File.ReadAllLinesAsync(keyFile)).Count(line => !line.StartsWith('#')).ShouldBe(1);
        await using var again = await StartAsync();
        (await again.ManagementSecret.MatchesAsync("long-enough-for-all", default)).ShouldBeTrue();
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(new StartOptions { ConfigText = "port: 0\n", DataFolder = Data, LogLevel = LogLevel.None });

    private static async Task FillAsync(IGatewayStore store)
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => store.Settings.SetAsync(new Setting($"n{i}", $"value {i}"), null)));
        await store.Usage.AppendAsync([.. Enumerable.Range(0, 20_000).Select(i => new UsageEntry { RequestId = $"r{i}", At = DateTimeOffset.UnixEpoch, InputTokens = i })]);
    }

    private async Task<string?> SettingAsync(string name)
    {
        await using var gateway = await StartAsync();
        return (await gateway.Store.Settings.GetAsync(name, TestContext.Current.CancellationToken))?.Value;
    }
}
