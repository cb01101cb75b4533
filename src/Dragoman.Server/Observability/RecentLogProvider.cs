using Dragoman.Gateway.Text;

namespace Dragoman.Server.Observability;

/// <summary>Feeds the <see cref="RecentLog"/>.</summary>
internal sealed class RecentLogProvider(RecentLog log, TimeProvider time) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Feeder(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The log is not ours.
    }

    private void Add(LogLevel level, string category, string message, Exception? fault)
        => log.Add(time.GetUtcNow(), level, category, TerminalText.OneLine(fault is null ? message : $"{message} | {fault.GetType().Name}: {fault.Message}"));

    private sealed class Feeder(RecentLogProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => owner.Add(logLevel, category, formatter(state, exception), exception);
    }
}
