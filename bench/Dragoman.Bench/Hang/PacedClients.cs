using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dragoman.Bench.Load;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Hang;

/// <summary>Clients, one a request, that ask, wait a little and ask again, and note how long each answer took by its status.</summary>
internal sealed class PacedClients(string name, IPEndPoint target, IReadOnlyList<ClientRequest> requests, TimeSpan pause)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Latencies> _byStatus = [];
    private int _torn;

    public string Name => name;

    /// <summary>Asks until the token ends; an answer that was asked for is waited for.</summary>
    public Task RunAsync(CancellationToken over) => Task.WhenAll(Enumerable.Range(0, requests.Count).Select(index => AskAsync(index, () => !over.IsCancellationRequested)));

    /// <summary>Asks on every connection until each has had a 200; gives when the first and when the last had it.</summary>
    public async Task<(TimeSpan First, TimeSpan Last)> RecoverAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, requests.Count).Select(async index =>
        {
            var good = false;
            await AskAsync(index, () => !good, status => good = status == 200);
            return Stopwatch.GetElapsedTime(begun);
        }));
        return (times.Min(), times.Max());
    }

    /// <summary>Gives what was noted and begins anew.</summary>
    public IReadOnlyDictionary<int, Latencies> Take(out int broken)
    {
        lock (_gate)
        {
            var taken = new Dictionary<int, Latencies>(_byStatus);
            _byStatus.Clear();
            (broken, _torn) = (_torn, 0);
            return taken;
        }
    }

    private async Task AskAsync(int index, Func<bool> more, Action<int>? told = null)
    {
        // Not all at the same moment.
        await Task.Delay(pause * ((double)index / requests.Count));
        var connection = new ClientConnection(target);
        await connection.OpenAsync();
        while (more())
        {
            var begun = Stopwatch.GetTimestamp();
            try
            {
                var status = (await connection.AskAsync(requests[index])).Status;
                Note(status, Stopwatch.GetTimestamp() - begun);
                told?.Invoke(status);
            }
            catch (Exception ex) when (ex is IOException or SocketException or InvalidDataException)
            {
                lock (_gate) _torn++;
                connection.Dispose();
                connection = new ClientConnection(target);
                await connection.OpenAsync();
            }

            await Task.Delay(pause);
        }

        connection.Dispose();
    }

    private void Note(int status, long ticks)
    {
        lock (_gate)
        {
            if (!_byStatus.TryGetValue(status, out var times)) _byStatus[status] = times = new Latencies();
            times.Add(ticks);
        }
    }
}
