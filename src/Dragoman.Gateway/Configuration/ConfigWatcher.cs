using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Holds the running configuration and swaps it whole when its file changes. A file that cannot be used leaves the old configuration
/// in place and is reported. It looks at the file's text at intervals instead of waiting for the operating system's notices: those get
/// lost on network drives, in containers, and with editors that put a new file in the old one's place.
/// </summary>
public sealed partial class ConfigWatcher : IDisposable
{
    private readonly string path;
    private readonly Func<string, string?>? environment;
    private readonly ILogger? logger;
    private readonly Lock gate = new();
    private readonly ITimer poll;
    private volatile GatewayConfig current;
    private volatile ConfigResult lastResult;
    private string? seen;
    private string? accepted;
    private string? pending;
    private bool disposed;

    /// <summary>Starts to watch a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="initial">What was read from it at start; its configuration must be usable.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes and faults are told, or null.</param>
    /// <param name="environment">Where <c>${NAME}</c> is looked up; null for the process's own environment.</param>
    public ConfigWatcher(string path, ConfigResult initial, TimeProvider time, ILogger? logger = null, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(initial);
        this.path = Path.GetFullPath(path);
        this.environment = environment;
        this.logger = logger;
        lastResult = initial;
        current = initial.Config ?? throw new ArgumentException("The first configuration must be usable.", nameof(initial));
        seen = accepted = ReadText();
        poll = time.CreateTimer(_ => Check(), null, Interval, Interval);
    }

    /// <summary>How often the file is looked at. A change is taken when two looks in a row see the same text, so that a half-written file is not read.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The configuration that holds now.</summary>
    public GatewayConfig Current => current;

    /// <summary>What came of the last reading, used or not.</summary>
    public ConfigResult LastResult => lastResult;

    /// <summary>A new configuration holds. Raised on a thread of the pool, one at a time.</summary>
    public event EventHandler<ConfigChangedEventArgs>? Changed;

    /// <summary>The file changed and could not be used; the old configuration goes on.</summary>
    public event EventHandler<ConfigRejectedEventArgs>? Rejected;

    /// <summary>Reads the file now, without waiting for it to come to rest.</summary>
    public ConfigResult Reload()
    {
        lock (gate)
        {
            if (ReadText() is { } text) Take(text);
            return lastResult;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) disposed = true;
        poll.Dispose();
    }

    private void Check()
    {
        lock (gate)
        {
            if (disposed) return;
            // Between an editor's removing the old file and its putting the new one there is none: that is no change.
            if (ReadText() is not { } text || text == seen)
            {
                pending = null;
                return;
            }

            if (text == pending) Take(text);
            else pending = text;
        }
    }

    private void Take(string text)
    {
        seen = text;
        pending = null;
        var result = ConfigLoader.Load(text, path, environment);
        if (result.Config is { } read && FaultyEdit.Of(accepted, current, text, read) is { } faulty)
            result = new ConfigResult(null, [.. result.Problems, faulty with { File = path }]);
        lastResult = result;
        if (result.Config is { } next)
        {
            var previous = current;
            current = next;
            accepted = text;
            if (logger is not null) LogTaken(logger, path);
            foreach (var problem in result.Problems)
                if (logger is not null) LogProblem(logger, problem);
            Raise(() => Changed?.Invoke(this, new ConfigChangedEventArgs(previous, next)));
            return;
        }

        foreach (var problem in result.Problems)
            if (logger is not null) LogProblem(logger, problem);
        if (logger is not null) LogRejected(logger, path);
        Raise(() => Rejected?.Invoke(this, new ConfigRejectedEventArgs(result.Problems)));
    }

    /// <summary>A listener's fault must not end the process, which is what an exception on a timer does.</summary>
    private void Raise(Action raise)
    {
        try
        {
            raise();
        }
        catch (Exception fault)
        {
            if (logger is not null) LogListener(logger, fault);
        }
    }

    private string? ReadText()
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration {File} changed and is in force.")]
    private static partial void LogTaken(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration {File} changed and cannot be used; the old one stays in force.")]
    private static partial void LogRejected(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of configuration was not taken up everywhere.")]
    private static partial void LogListener(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, ConfigProblem problem);
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
public sealed class ConfigRejectedEventArgs(IReadOnlyList<ConfigProblem> problems) : EventArgs
{
    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
