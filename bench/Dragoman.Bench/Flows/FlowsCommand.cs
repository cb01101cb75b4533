using System.Diagnostics;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Storage;
using Dragoman.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Bench.Flows;

/// <summary>
/// <c>flows</c>: what recording costs, in this process alone. CPU and allocations of the request's own task (<c>Ended</c>), CPU of everything
/// behind it per flow, bytes in SQLite per flow, and how long searches take. With <c>--keep</c> the store stays, filled with requests of the last thirty days, so that a
/// gateway can be started on it and its pages looked at.
/// </summary>
internal static class FlowsCommand
{
    private const int Warm = 40_000;
    private static readonly TimeSpan KeptSpan = TimeSpan.FromDays(30);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var count = arguments.Number("count", 50_000);
        var kept = arguments.Text("keep");
        arguments.Finish();
        if (kept is not null && Directory.Exists(kept) && Directory.EnumerateFileSystemEntries(kept).Any()) throw new UsageException($"The folder '{kept}' is not empty.");
        var folder = kept is null ? Directory.CreateTempSubdirectory("dragoman-bench-flows-").FullName : Directory.CreateDirectory(kept).FullName;
        var samples = kept is null ? new Samples(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(1)) : new Samples(TimeProvider.System.GetUtcNow() - KeptSpan, KeptSpan / (Warm + count));
        try
        {
            var store = await GatewayStore.OpenAsync(new SqliteStoreOptions { Folder = folder }, TimeProvider.System, NullLogger.Instance, default);
            await using (store.ConfigureAwait(false))
            {
                await RecordAsync(store.Flows, samples, count);
                var bytes = Directory.GetFiles(folder, "flows.db*").Sum(file => new FileInfo(file).Length);
                Console.WriteLine($"store: {bytes / (count + Warm)} bytes a flow with indexes, {bytes / (double)(count + Warm) * 1_000_000 / (1 << 30):0.00} GB for a million (metadata)");
                await SearchAsync(store.Flows, samples.Start);
                await LedgerAsync(store.Usage, samples, kept is null ? count / 2 : count);
            }
        }
        finally
        {
            if (kept is null) Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task RecordAsync(IFlowStore store, Samples samples, int count)
    {
        var recorder = new FlowRecorder(store, () => new FlowsOptions(), _ => Protocol.OpenAiChat, () => [], TimeProvider.System, NullLogger.Instance);
        await using (recorder.ConfigureAwait(false))
        {
            // Warm: code is compiled, also the second time, and tables are there.
            for (var done = 0; done < Warm; done += 1_000) await BatchAsync(recorder, samples, 1_000, done);
            var process = Process.GetCurrentProcess();
            process.Refresh();
            var before = process.TotalProcessorTime;
            var (ended, allocated) = (TimeSpan.Zero, 0L);
            var total = GC.GetTotalAllocatedBytes();
            for (var done = 0; done < count; done += 1_000)
            {
                var (time, bytes) = await BatchAsync(recorder, samples, 1_000, done + Warm);
                ended += time;
                allocated += bytes;
            }

            process.Refresh();
            var all = process.TotalProcessorTime - before;
            total = GC.GetTotalAllocatedBytes() - total - allocated;
            // What the samples themselves cost is taken out by making them again.
            var (samplesCpu, samplesBytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
            for (var i = 0; i < count; i++) samples.Ended(i);
            process.Refresh();
            all -= process.TotalProcessorTime - samplesCpu;
            total -= GC.GetTotalAllocatedBytes() - samplesBytes;
            Console.WriteLine($"on the request's own task: {ended.TotalMicroseconds / count * 1000:0} ns and {allocated / count} bytes a request");
            Console.WriteLine($"behind it: {(all - ended).TotalMicroseconds / count:0.0} µs CPU a flow (record, words, SQLite, collector), {total / count} bytes allocated");
            Console.WriteLine($"recorder: {recorder.Status}");
        }
    }

    private static async Task<(TimeSpan Ended, long Allocated)> BatchAsync(FlowRecorder recorder, Samples samples, int count, int from)
    {
        var batch = new CompletedRequest[count];
        for (var i = 0; i < count; i++) batch[i] = samples.Ended(from + i);
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        foreach (var ended in batch) recorder.Ended(ended, booked: true);
        var time = Stopwatch.GetElapsedTime(started);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        await recorder.FlushAsync();
        return (time, bytes);
    }

    /// <summary>Batches as the usage book makes them under load; the disk's time is not in it, the CPU of syncing is.</summary>
    private static async Task LedgerAsync(IUsageStore store, Samples samples, int count)
    {
        const int Batch = 300;
        await BookAsync(0, Warm);
        var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes();
        await BookAsync(Warm, count);
        process.Refresh();
        // What the samples themselves cost is taken out by making them again.
        var (all, allocated) = (process.TotalProcessorTime - before, GC.GetTotalAllocatedBytes() - bytes);
        before = process.TotalProcessorTime;
        bytes = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < count; i++) samples.Ended(i);
        process.Refresh();
        Console.WriteLine($"ledger: {(all - (process.TotalProcessorTime - before)).TotalMicroseconds / count:0.0} µs CPU an entry, {(allocated - (GC.GetTotalAllocatedBytes() - bytes)) / count} bytes allocated (batches of {Batch})");

        async Task BookAsync(int from, int entries)
        {
            for (var done = 0; done < entries; done += Batch)
                await store.AppendAsync([.. Enumerable.Range(from + done, Math.Min(Batch, entries - done)).Select(number => samples.Ended(number).Used)]);
        }
    }

    private static async Task SearchAsync(IFlowStore store, DateTimeOffset start)
    {
        (string Name, FlowQuery Query)[] queries =
        [
            ("the newest", new()), ("a rare word", new() { Text = "session 4711" }), ("a word of every flow", new() { Text = "claude" }), ("two words", new() { Text = "account claude" }),
            ("status and account", new() { Account = "account 3", StatusFrom = 400 }), ("model pattern that fits nothing", new() { Model = "*opus*" }), ("with losses", new() { HasLosses = true }),
            ("key, word and time", new() { Key = "team 3", Text = "claude", From = start.AddHours(1), To = start.AddHours(9) }), ("an account that is not there", new() { Account = "nobody" }),
            ("a conversation that is not there", new() { Session = "nobody" }),
        ];
        foreach (var (name, query) in queries)
        {
            await store.SearchAsync(query, new PageRequest());
            var best = TimeSpan.MaxValue;
            var worst = TimeSpan.Zero;
            var found = 0;
            for (var i = 0; i < 5; i++)
            {
                var started = Stopwatch.GetTimestamp();
                found = (await store.SearchAsync(query, new PageRequest())).Items.Count;
                var time = Stopwatch.GetElapsedTime(started);
                best = time < best ? time : best;
                worst = time > worst ? time : worst;
            }

            Console.WriteLine($"search, {name}: {best.TotalMilliseconds:0.0} to {worst.TotalMilliseconds:0.0} ms, {found} found");
        }
    }
}
