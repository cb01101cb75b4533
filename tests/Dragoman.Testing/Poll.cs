using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Dragoman.Testing;

/// <summary>Waits for what happens on other threads and in other processes, where nothing says when it has happened.</summary>
public static class Poll
{
    /// <summary>Far above what a busy machine needs: a test that waits this long has failed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Asks until it is so.</summary>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="every">How often to ask; null for every 10 milliseconds.</param>
    /// <param name="what">What it is, for the report; null for the caller's own expression.</param>
    /// <exception cref="TimeoutException">It did not become so.</exception>
    public static Task UntilAsync(Func<bool> isSo, TimeSpan? every = null, [CallerArgumentExpression(nameof(isSo))] string? what = null)
        => UntilAsync(() => Task.FromResult(isSo()), every, what);

    /// <summary>Asks until it is so.</summary>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="every">How often to ask; null for every 10 milliseconds.</param>
    /// <param name="what">What it is, for the report; null for the caller's own expression.</param>
    /// <exception cref="TimeoutException">It did not become so.</exception>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? every = null, [CallerArgumentExpression(nameof(isSo))] string? what = null)
    {
        var waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (waited.Elapsed > Longest) throw new TimeoutException($"It did not become so within {Longest.TotalSeconds:0} s: {what}");
            await Task.Delay(every ?? TimeSpan.FromMilliseconds(10));
        }
    }
}
