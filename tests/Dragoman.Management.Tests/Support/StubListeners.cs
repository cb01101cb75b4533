using Dragoman.Management.Hosting;

namespace Dragoman.Management.Tests.Support;

/// <summary>Ports of this machine that a test says are free or not.</summary>
internal sealed class StubListeners : ILoopbackListeners
{
    /// <summary>Ports that other programs have open.</summary>
    public HashSet<int> Taken { get; } = [];

    /// <summary>Ports that are open for logins.</summary>
    public List<int> Open { get; } = [];

    public Task<LoopbackListener> OpenAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        foreach (var port in ports.Where(port => !Taken.Contains(port)))
        {
            lock (Open) Open.Add(port);
            var closed = 0;
            return Task.FromResult(new LoopbackListener(port, null, () =>
            {
                lock (Open)
                {
                    if (closed++ == 0) Open.Remove(port);
                }

                return ValueTask.CompletedTask;
            }));
        }

        return Task.FromResult(new LoopbackListener(null, $"Port {ports[0]} is in use.", () => ValueTask.CompletedTask));
    }
}
