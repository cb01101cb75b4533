using System.Threading.Channels;

namespace Dragoman.Server.Observability;

/// <summary>
/// The last lines of the log, in memory, for pages and programs that show it. Whoever follows it and does not keep up loses the oldest lines;
/// the log never waits.
/// </summary>
internal sealed class RecentLog
{
    /// <summary>How many lines are kept.</summary>
    public const int Kept = 2000;

    private const int Behind = 1000;
    private readonly Lock _gate = new();
    private readonly LogLine?[] _ring = new LogLine?[Kept];
    private readonly List<Channel<LogLine>> _followers = [];
    private long _count;

    /// <summary>Adds a line.</summary>
    public void Add(DateTimeOffset at, LogLevel level, string category, string message)
    {
        lock (_gate)
        {
            var line = new LogLine(++_count, at, level, category, message);
            _ring[line.Number % Kept] = line;
            foreach (var follower in _followers) follower.Writer.TryWrite(line);
        }
    }

    /// <summary>The number of the last line; 0 while there is none.</summary>
    public long Last
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>The lines behind a number, oldest first.</summary>
    /// <param name="after">The number of the last line that is known; 0 for all that are kept.</param>
    /// <param name="most">How many at most: of more, the newest.</param>
    public IReadOnlyList<LogLine> Read(long after = 0, int most = Kept)
    {
        lock (_gate)
        {
            var first = Math.Max(Math.Max(after, _count - Kept), _count - Math.Max(0, most)) + 1;
            var lines = new List<LogLine>();
            for (var number = Math.Max(1, first); number <= _count; number++)
                if (_ring[number % Kept] is { } line && line.Number == number) lines.Add(line);
            return lines;
        }
    }

    /// <summary>Forgets every line; numbers go on.</summary>
    public void Clear()
    {
        lock (_gate) Array.Clear(_ring);
    }

    /// <summary>The lines that are kept (or none), and then every new one.</summary>
    /// <param name="history">Whether to begin with those that are kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LogLine> FollowAsync(bool history, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follower = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Behind) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        IReadOnlyList<LogLine> known;
        lock (_gate)
        {
            known = history ? Read() : [];
            _followers.Add(follower);
        }

        try
        {
            foreach (var line in known) yield return line;
            await foreach (var line in follower.Reader.ReadAllAsync(cancellationToken)) yield return line;
        }
        finally
        {
            lock (_gate) _followers.Remove(follower);
        }
    }
}

/// <summary>A line of the log.</summary>
/// <param name="Number">Its number, from 1 on, without gaps.</param>
/// <param name="At">When.</param>
/// <param name="Level">How grave.</param>
/// <param name="Category">Which part of the gateway says it.</param>
/// <param name="Message">What happened, in one line and without controls.</param>
internal sealed record LogLine(long Number, DateTimeOffset At, LogLevel Level, string Category, string Message);
