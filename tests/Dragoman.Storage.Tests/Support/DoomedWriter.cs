using System.Diagnostics;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Tests.Support;

/// <summary>A process that writes to a store with several tasks at once and says on its output what was acknowledged, until it is killed.</summary>
internal static class DoomedWriter
{
    private static readonly Lock Output = new();

    public static readonly BudgetLimit Limit = new(BudgetUnit.Tokens, BudgetPeriod.Total, 1_000_000_000);

    public static async Task<int> RunAsync(string[] args)
    {
        var (address, kind, run) = (args[0], args[1], args[2]);
        var store = await StorePlace.OpenAsync(address);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(task => Task.Run(() => kind switch
        {
            "rows" => RowsAsync(store, $"{run}-{task}"),
            "budgets" => BudgetsAsync(store, run, $"{run}-{task}"),
            _ => BackupAsync(store, Path.Combine(run, "backup")),
        })));
        return 0;
    }

    /// <summary>Starts a writer, reads what it acknowledges for a random while, kills it, and returns the lines.</summary>
    public static async Task<List<string>> DoomAsync(string address, string kind, string run, int atLeast, TimeSpan then)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. HostArguments(), "--writer", address, kind, run]) { RedirectStandardOutput = true, UseShellExecute = false, Environment = { ["DOTNET_EnableDiagnostics"] = "0" } })!;
        var lines = new List<string>();
        var reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                lock (lines) lines.Add(line);
        });
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited)
        {
            lock (lines) if (lines.Count >= atLeast) break;
            await Task.Delay(2);
        }

        await Task.Delay(then);
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        // The last line may have been cut in the middle; a whole one ends in a dot.
        return [.. lines.Where(line => line.EndsWith('.')).Select(line => line[..^1])];
    }

    private static string[] HostArguments()
        => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(DoomedWriter).Assembly.Location] : [];

    private static async Task RowsAsync(IGatewayStore store, string name)
    {
        for (var number = 0; ; number++)
        {
            var id = $"{name}-{number}";
            Expect(await store.Accounts.AddAsync(new StoredAccount { Id = id, Label = id, Provider = "p", CredentialKind = "api-key" }));
            Say($"account {id} 1");
            Expect(await store.Accounts.UpdateAsync(new StoredAccount { Id = id, Label = id, Provider = "p", CredentialKind = "api-key", Version = 1 }));
            Say($"account {id} 2");
            Expect(await store.Keys.AddAsync(new ClientKey { Id = id, Name = id, Hash = new byte[] { 1 } }));
            Say($"key {id} 1");
            var saved = await store.Settings.SetAsync(new Setting(name, id), null);
            Expect(saved);
            Say($"setting {name} {saved.Version}");
            await store.Usage.AppendAsync([new UsageEntry { RequestId = id, At = DateTimeOffset.UnixEpoch, InputTokens = 1 }]);
            Say($"usage {id} 1");
            await store.Flows.AppendAsync([new FlowRecord { Id = id, StartedAt = DateTimeOffset.UnixEpoch }]);
            Say($"flow {id} 1");
        }
    }

    private static async Task BudgetsAsync(IGatewayStore store, string run, string name)
    {
        for (var number = 0; ; number++)
        {
            var id = $"{name}-{number}";
            var entry = new UsageEntry { RequestId = id, At = DateTimeOffset.UnixEpoch, InputTokens = 100 };
            await store.Budgets.ReserveAsync(new ReservationRecord { RequestId = id, Instance = run, Lines = [new BudgetLine("key:k", Limit)], Tokens = 100, IfOrphaned = entry });
            Say($"reserved {id}");
            if (number % 3 == 2)
            {
                await store.Budgets.ReleaseAsync(id);
                Say($"released {id}");
            }
            else
            {
                await store.Budgets.SettleAsync(entry with { InputTokens = 40 });
                Say($"settled {id}");
            }
        }
    }

    private static async Task BackupAsync(IGatewayStore store, string file)
    {
        while (true)
        {
            await store.BackupAsync(file);
            await store.RestoreAsync(file);
            Say("restored");
        }
    }

    private static void Expect(SaveResult result)
    {
        if (!result.Saved) throw new InvalidOperationException(result.ToString());
    }

    private static void Say(string line)
    {
        lock (Output)
        {
            Console.Out.Write(line + ".\n");
            Console.Out.Flush();
        }
    }
}
