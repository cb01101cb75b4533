using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Health;

/// <summary>Looks after the store every few seconds, asked or not, and tells the log when it is lost and when it is back.</summary>
public sealed partial class StoreWatch : IAsyncDisposable
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly StoreProbe _probe;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private bool _unwell;

    /// <summary>Begins to look after the store.</summary>
    public StoreWatch(StoreProbe probe, TimeProvider time, ILogger log)
    {
        _probe = probe;
        _log = log;
        _running = RunAsync(time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) LogChange(await _probe.CheckAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private void LogChange(StoreHealth health)
    {
        if (health.Healthy == !_unwell) return;
        _unwell = !health.Healthy;
        if (_unwell) LogUnwell(health.Problem ?? "it does not say why");
        else LogWell();
    }

    [LoggerMessage(64, LogLevel.Error, "The store cannot be used: {Problem}")]
    private partial void LogUnwell(string problem);

    [LoggerMessage(65, LogLevel.Information, "The store can be used again.")]
    private partial void LogWell();
}
