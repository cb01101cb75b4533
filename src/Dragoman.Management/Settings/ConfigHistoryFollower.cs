using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Settings;

/// <summary>Keeps the texts that were written into the configuration's file by an editor, as the watcher takes them.</summary>
public sealed partial class ConfigHistoryFollower : IAsyncDisposable
{
    private readonly ConfigHistory _history;
    private readonly ConfigFile _file;
    private readonly ConfigWatcher? _watcher;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task _work = Task.CompletedTask;
    private string? _last;

    /// <summary>Begins to follow.</summary>
    /// <param name="history">Keeps the texts.</param>
    /// <param name="file">The file.</param>
    /// <param name="watcher">Takes changes of the file; null where nobody does.</param>
    /// <param name="logger">Where it is logged that a text could not be kept.</param>
    public ConfigHistoryFollower(ConfigHistory history, ConfigFile file, ConfigWatcher? watcher, ILogger logger)
    {
        (_history, _file, _watcher, _logger) = (history, file, watcher, logger);
        if (watcher is null) return;
        _last = watcher.AcceptedText;
        watcher.Changed += OnChanged;
    }

    /// <summary>Ends when everything that was taken until now is kept.</summary>
    internal Task SettleAsync()
    {
        lock (_gate) return _work;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null) _watcher.Changed -= OnChanged;
        await _closing.CancelAsync();
        await SettleAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private void OnChanged(object? sender, ConfigChangedEventArgs change)
    {
        var text = _watcher!.AcceptedText;
        lock (_gate)
        {
            var former = _last;
            _last = text;
            // What the management writes it keeps itself, and knows who asked for it.
            if (text is null || text == _file.Written) return;
            _work = KeepAsync(_work, text, former);
        }
    }

    private async Task KeepAsync(Task before, string text, string? former)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _history.AddAsync(text, former, "editor", _file.Name, null, _closing.Token);
        }
        catch (Exception ex) when (ex is StoreException or OperationCanceledException or SecretUnreadableException)
        {
            if (ex is not OperationCanceledException) LogLost(_logger, ex.Message);
        }
    }

    [LoggerMessage(92, LogLevel.Warning, "A change of the configuration's file is not in its history: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
