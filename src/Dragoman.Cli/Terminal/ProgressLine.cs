using System.Diagnostics;
using System.Globalization;

namespace Dragoman.Cli.Terminal;

/// <summary>How far long work is: one line on a terminal's standard error, a few times a second; nothing where nobody looks.</summary>
internal sealed class ProgressLine(string unit) : IProgress<long>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly Lock _gate = new();
    private long _shownAt;
    private bool _shown;

    public void Report(long value)
    {
        if (Console.IsErrorRedirected) return;
        lock (_gate)
        {
            if (_shown && Stopwatch.GetElapsedTime(_shownAt) < Interval) return;
            _shownAt = Stopwatch.GetTimestamp();
            _shown = true;
            SafeConsole.RawError.Write(string.Create(CultureInfo.InvariantCulture, $"\r{value:N0} {unit} "));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_shown) SafeConsole.RawError.Write("\r                              \r");
        }
    }
}
