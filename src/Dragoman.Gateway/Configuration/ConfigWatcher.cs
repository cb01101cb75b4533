using Dragoman.Gateway.Settings;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Holds the running configuration and swaps it whole when its file changes. A file that cannot be used leaves the old configuration
/// in place and is reported. It looks at the file's text at intervals instead of waiting for the operating system's notices: those get
/// lost on network drives, in containers, and with editors that put a new file in the old one's place.
/// </summary>
public sealed partial class ConfigWatcher : IDisposable
{
    private readonly string _path;
    private readonly ConfigLoader _loader;
    private readonly ILogger? _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _poll;
    private volatile GatewayConfig _current;
    private volatile ConfigResult _lastResult;
    private string? _seen;
    private string? _accepted;
    private string? _pending;
    private bool _disposed;

    /// <summary>Starts to watch a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="initial">What was read from it at start; its configuration must be usable.</param>
    /// <param name="loader">Reads it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes and faults are logged, or null.</param>
    public ConfigWatcher(string path, ConfigResult initial, ConfigLoader loader, TimeProvider time, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(initial);
        _path = Path.GetFullPath(path);
        _loader = loader;
        _logger = logger;
        _lastResult = initial;
        _current = initial.Config ?? throw new ArgumentException("The first configuration must be usable.", nameof(initial));
        _seen = _accepted = ReadText();
        _poll = time.CreateTimer(_ => Check(), null, Interval, Interval);
    }

    /// <summary>How often the file is looked at. A change is taken when two looks in a row see the same text, so that a half-written file is not read.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The configuration that holds now.</summary>
    public GatewayConfig Current => _current;

    /// <summary>The text of the configuration that holds now; null where the file could not be read at start.</summary>
    public string? AcceptedText
    {
        get
        {
            lock (_gate) return _accepted;
        }
    }

    /// <summary>What came of the last reading, used or not.</summary>
    public ConfigResult LastResult => _lastResult;

    /// <summary>A new configuration holds. Raised on a thread of the pool, one at a time.</summary>
    public event EventHandler<ConfigChangedEventArgs>? Changed;

    /// <summary>The file changed and could not be used; the old configuration goes on.</summary>
    public event EventHandler<ConfigRejectedEventArgs>? Rejected;

    /// <summary>Reads the file now, without waiting for it to come to rest.</summary>
    public ConfigResult Reload()
    {
        lock (_gate)
        {
            if (ReadText() is { } text) Take(text);
            return _lastResult;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _poll.Dispose();
    }

    private void Check()
    {
        lock (_gate)
        {
            if (_disposed) return;
            // Between an editor's removing the old file and its putting the new one there is none: that is no change.
            if (ReadText() is not { } text || text == _seen)
            {
                _pending = null;
                return;
            }

            if (text == _pending) Take(text);
            else _pending = text;
        }
    }

    private void Take(string text)
    {
        _seen = text;
        _pending = null;
        var result = _loader.Load(text, _path);
        if (result.Config is { } read && FaultyEdit.Find(_accepted, _current, text, read) is { } faulty)
            result = new ConfigResult(null, [.. result.Problems, faulty with { File = _path }]);
        _lastResult = result;
        if (result.Config is { } next)
        {
            var previous = _current;
            _current = next;
            _accepted = text;
            if (_logger is not null) LogTaken(_logger, _path);
            foreach (var problem in result.Problems)
                if (_logger is not null) LogProblem(_logger, problem);
            Publish(() => Changed?.Invoke(this, new ConfigChangedEventArgs(previous, next)));
            return;
        }

        foreach (var problem in result.Problems)
            if (_logger is not null) LogProblem(_logger, problem);
        if (_logger is not null) LogRejected(_logger, _path);
        Publish(() => Rejected?.Invoke(this, new ConfigRejectedEventArgs(result.Problems)));
    }

    /// <summary>A listener's fault must not end the process, which is what an exception on a timer does.</summary>
    private void Publish(Action raise)
    {
        try
        {
            raise();
        }
        catch (Exception ex)
        {
            if (_logger is not null) LogListener(_logger, ex);
        }
    }

    private string? ReadText()
    {
        try
        {
            using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(80, LogLevel.Information, "The configuration {File} changed and is in force.")]
    private static partial void LogTaken(ILogger logger, string file);

    [LoggerMessage(81, LogLevel.Error, "The configuration {File} changed and cannot be used; the old one stays in force.")]
    private static partial void LogRejected(ILogger logger, string file);

    [LoggerMessage(82, LogLevel.Error, "A change of configuration was not taken up everywhere.")]
    private static partial void LogListener(ILogger logger, Exception fault);

    [LoggerMessage(83, LogLevel.Warning, "{Problem}")]
    private static partial void LogProblem(ILogger logger, ConfigDiagnostic problem);
}

/// <summary>One configuration gave way to another.</summary>
/// <param name="previous">What held before.</param>
/// <param name="current">What holds now.</param>
public sealed class ConfigChangedEventArgs(GatewayConfig previous, GatewayConfig current) : EventArgs
{
    /// <summary>What held before.</summary>
    public GatewayConfig Previous { get; } = previous;

    /// <summary>What holds now.</summary>
    public GatewayConfig Current { get; } = current;
}

/// <summary>A changed file could not be used.</summary>
/// <param name="problems">What is wrong with it.</param>
public sealed class ConfigRejectedEventArgs(IReadOnlyList<ConfigDiagnostic> problems) : EventArgs
{
    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<ConfigDiagnostic> Problems { get; } = problems;
}
