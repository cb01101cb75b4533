using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Observability;

/// <summary>
/// Logs to a stream, one line an entry, written behind in batches. The framework's console logger takes a lock and a write for every line,
/// which is a tenth of a small request's cost; this one takes a place in a queue.
/// </summary>
/// <remarks>
/// The queue is bounded: when the stream cannot keep up, the oldest lines go, and a line says how many. Whatever a message quotes, it stays one
/// line without the controls that a terminal obeys.
/// </remarks>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private const int Capacity = 8192;
    private const int Full = 64 * 1024;

    /// <summary>How long the writer rests after a batch: woken by every line, it would cost a small request more than the line does.</summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly RecentLog _recent;
    private readonly Channel<Entry> _lines;
    private readonly Task _writing;
    private long _dropped;
    private long _timestampMillisecond = -1;
    private string _timestamp = "";

    /// <param name="stream">Where lines go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="recent">Keeps the last of them.</param>
    public LineLoggerProvider(Stream stream, TimeProvider time, RecentLog recent)
    {
        _recent = recent;
        _stream = stream;
        _time = time;
        _lines = Channel.CreateBounded<Entry>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _dropped));
        _writing = WriteAsync();
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _closing.Cancel();
        _writing.Wait(TimeSpan.FromSeconds(2));
        _stream.Dispose();
        _closing.Dispose();
    }

    private void Add(LogLevel level, string category, string message, Exception? fault)
    {
        if (fault is not null) message = $"{message} | {OneLine(fault)}";
        var entry = new Entry(_time.GetUtcNow(), level, category, TerminalText.OneLine(message));
        _recent.Add(entry.At, level, category, entry.Message);
        _lines.Writer.TryWrite(entry);
    }

    private static string OneLine(Exception fault) => fault.ToString().ReplaceLineEndings(" ");

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "ERROR",
    };

    private async Task WriteAsync()
    {
        using var batch = new PooledBuffer(16 * 1024);
        var reader = _lines.Reader;
        while (await reader.WaitToReadAsync())
        {
            while (batch.Length < Full && reader.TryRead(out var entry)) Append(batch, entry);
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var lost) Append(batch, $"({lost} log lines were dropped: the log's reader does not keep up)\n");
            try
            {
                await _stream.WriteAsync(batch.WrittenMemory);
                await _stream.FlushAsync();
            }
            catch (IOException)
            {
                // Nobody reads the log any more; requests go on.
            }

            var full = batch.Length >= Full;
            batch.Clear();
            // The machine's clock, whatever clock the gateway lives by: nothing is decided by it.
            if (!full) await Task.Delay(RepeatInterval, TimeProvider.System, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One line: local time, level, category, message.</summary>
    private void Append(PooledBuffer batch, Entry entry)
    {
        Append(batch, TimeOf(entry.At));
        Append(batch, LevelName(entry.Level));
        Append(batch, " ");
        Append(batch, entry.Category);
        Append(batch, ": ");
        Append(batch, entry.Message);
        Append(batch, "\n");
    }

    /// <summary>The time of day as the machine tells it, with a blank behind. Entries of the same millisecond share it.</summary>
    private string TimeOf(DateTimeOffset at)
    {
        var millisecond = at.UtcTicks / TimeSpan.TicksPerMillisecond;
        if (millisecond == _timestampMillisecond) return _timestamp;
        _timestampMillisecond = millisecond;
        return _timestamp = TimeZoneInfo.ConvertTime(at, _time.LocalTimeZone).ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture);
    }

    private static void Append(PooledBuffer batch, string line)
    {
        var span = batch.GetSpan(Encoding.UTF8.GetMaxByteCount(line.Length));
        batch.Advance(Encoding.UTF8.GetBytes(line, span));
    }

    private readonly record struct Entry(DateTimeOffset At, LogLevel Level, string Category, string Message);

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // The levels are the factory's to filter.
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => owner.Add(logLevel, category, formatter(state, exception), exception);
    }
}
