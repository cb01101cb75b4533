using System.Diagnostics;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>The process: processor, memory, garbage collection, threads.</summary>
internal sealed class ProcessMetrics : IMetricsPart
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        using var process = Process.GetCurrentProcess();
        text.Counter("process_cpu_seconds_total", "Processor time used, by user and system.").Sample(process.TotalProcessorTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Memory in use.").Sample(process.WorkingSet64);
        text.Gauge("process_start_time_seconds", "When the process began, in seconds since 1970.").Sample(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        text.Gauge("process_threads", "Threads of the process.").Sample(process.Threads.Count);
        if (OperatingSystem.IsLinux()) text.Gauge("process_open_fds", "Open file descriptors.").Sample(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        text.Gauge("dotnet_gc_heap_bytes", "Bytes on the managed heap, garbage not yet collected included.").Sample(GC.GetTotalMemory(forceFullCollection: false));
        text.Counter("dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap.").Sample(GC.GetTotalAllocatedBytes());
        text.Counter("dotnet_gc_collections_total", "Garbage collections, by generation; those of higher ones included.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++) text.Sample(GC.CollectionCount(generation), ("generation", $"{generation}"));
        text.Counter("dotnet_gc_pause_seconds_total", "Time in which garbage collection stopped everything.").Sample(GC.GetTotalPauseDuration().TotalSeconds);
        text.Gauge("dotnet_threadpool_threads", "Threads of the pool.").Sample(ThreadPool.ThreadCount);
        text.Gauge("dotnet_threadpool_queue_length", "Work that waits for a thread of the pool.").Sample(ThreadPool.PendingWorkItemCount);
        return default;
    }
}
