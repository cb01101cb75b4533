using System.Text;
using System.Text.Json;
using Dragoman.Bench.Compare;
using Dragoman.Bench.Load;
using Dragoman.Bench.Requests;
using MeasuredGateway = Dragoman.Bench.Compare.Gateway;

namespace Dragoman.Bench.Hang;

/// <summary>
/// <c>hang</c>: the published gateway before a store that stops answering for a while, with clients whose keys have a budget, clients whose keys have none,
/// and somebody who asks after its health. Ends with 1 where others than the budgeted notice it, or those are kept waiting.
/// </summary>
internal static class HangCommand
{
    private const double OthersMost = 100;
    private const double RefusalMost = 3_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var postgres = arguments.Text("postgres");
        var clients = arguments.Number("clients", 60);
        var seconds = arguments.Seconds("seconds", 15);
        var publish = !arguments.Has("no-publish");
        arguments.Finish();
        var root = CompareCommand.FindRoot();
        var work = Directory.CreateTempSubdirectory("dragoman-hang-").FullName;
        try
        {
            await using HeldStore store = postgres is not null ? new HeldPostgres(postgres) : new HeldSqlite(Path.Combine(work, "data", "dragoman.db"));
            using var upstream = ChildProcess.StartOwn("upstream", work);
            await upstream.ReadyAsync();
            var gateway = new MeasuredGateway(root, work, upstream.Host, sigV4: false, postgres: store.Address);
            if (publish) await gateway.PublishAsync();
            using var child = gateway.Start();
            await child.ReadyAsync();
            return await MeasureAsync(store, child, clients, TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(HeldStore store, ChildProcess child, int clients, TimeSpan held)
    {
        var run = Guid.NewGuid().ToString("N")[..8];
        // A key each: those who share a budget wait for each other.
        var keyed = new List<ClientRequest>();
        for (var index = 0; index < clients; index++) keyed.Add(Request(child, await MakeKeyAsync(child, $"budgeted-{run}-{index}", budget: true)));
        var budgeted = new PacedClients("with a budget", child.Address, keyed, TimeSpan.FromMilliseconds(250));
        var free = new PacedClients("without", child.Address, [.. Enumerable.Repeat(Request(child, await MakeKeyAsync(child, $"free-{run}", budget: false)), 8)], TimeSpan.FromMilliseconds(20));
        var health = new PacedClients("/health", child.Address, [Plain($"GET /health HTTP/1.1\r\nHost: {child.Host}\r\n\r\n")], TimeSpan.FromMilliseconds(50));
        PacedClients[] all = [budgeted, free, health];
        Console.WriteLine($"{store.Name}; {clients} clients with a budget, 8 without; {Machine.Describe()}");

        await RunAllAsync(all, TimeSpan.FromSeconds(3));
        foreach (var group in all) group.Take(out _);
        await RunAllAsync(all, TimeSpan.FromSeconds(5));
        Console.WriteLine("before");
        foreach (var group in all) Tell(group);

        await store.HoldAsync();
        await RunAllAsync(all, held);
        Console.WriteLine($"while it hangs, {held.TotalSeconds:0} s");
        var well = true;
        var refused = Tell(budgeted);
        well &= refused.Keys.All(status => status is 200 or 503) && refused.TryGetValue(503, out var refusals) && refusals.Milliseconds(1) <= RefusalMost;
        foreach (var group in (PacedClients[])[free, health])
        {
            var served = Tell(group);
            well &= served.Keys.All(status => status == 200) && served.TryGetValue(200, out var times) && times.Milliseconds(0.99) <= OthersMost;
        }

        await store.GoOnAsync();
        var (first, last) = await budgeted.RecoverAsync().WaitAsync(Longest);
        Console.WriteLine($"answered again after {first.TotalSeconds:F1} s, all of them after {last.TotalSeconds:F1} s");
        Console.WriteLine(well ? "as it should be" : $"NOT as it should be: others within {OthersMost} ms at p99, the budgeted refused within {RefusalMost / 1_000} s");
        return well ? 0 : 1;
    }

    private static async Task RunAllAsync(PacedClients[] all, TimeSpan time)
    {
        using var over = new CancellationTokenSource(time);
        await Task.WhenAll(all.Select(group => group.RunAsync(over.Token))).WaitAsync(time + Longest);
    }

    private static IReadOnlyDictionary<int, Latencies> Tell(PacedClients group)
    {
        var noted = group.Take(out var torn);
        foreach (var (status, times) in noted)
            Console.WriteLine($"  {group.Name,-14} {status}: {times.Count,6} answers, p50 {times.Milliseconds(0.5):F1} ms, p99 {times.Milliseconds(0.99):F1} ms, worst {times.Milliseconds(1):F1} ms");
        if (torn > 0) Console.WriteLine($"  {group.Name,-14} broken off: {torn}");
        return noted;
    }

    private static ClientRequest Request(ChildProcess child, string key) => ClientRequest.Build(Wire.Chat, child.Host, MeasuredGateway.Model(Wire.Chat, new ModelName(200, 20)), large: false, 0, key);

    private static async Task<string> MakeKeyAsync(ChildProcess child, string name, bool budget)
    {
        var body = budget ? $$"""{"name":"{{name}}","budgets":[{"unit":"tokens","period":"day","limit":1000000000000}]}""" : $$"""{"name":"{{name}}"}""";
        using var connection = new ClientConnection(child.Address);
        await connection.OpenAsync();
        var answer = await connection.AskAsync(Plain($"POST /api/v1/keys HTTP/1.1\r\nHost: {child.Host}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), keep: true);
        if (answer.Status != 201) throw new LoadException($"No key could be made ({answer.Status}): {answer.Body}");
        using var made = JsonDocument.Parse(answer.Body);
        return made.RootElement.GetProperty("key").GetString()!;
    }

    private static ClientRequest Plain(string text) => new(Wire.Chat, false, Encoding.ASCII.GetBytes(text), 0);
}
