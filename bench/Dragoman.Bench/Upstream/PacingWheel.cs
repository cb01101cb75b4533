using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Dragoman.Bench.Upstream;

/// <summary>
/// Sends the events of all paced streams from one thread: a wheel of one-millisecond slots, so that an event costs the upstream little
/// more than its system call. Sleeps when there is nothing to pace.
/// </summary>
#pragma warning disable CA1001 // It lives as long as the process.
internal sealed class PacingWheel
#pragma warning restore CA1001
{
    private const int Slots = 4_096;
    private readonly List<PacedStream>[] _slots = new List<PacedStream>[Slots];
    private readonly ConcurrentQueue<PacedStream> _arrivals = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _arrived;
    private long _tick;

    public PacingWheel()
    {
        for (var index = 0; index < Slots; index++) _slots[index] = [];
        new Thread(Turn) { IsBackground = true, Name = "pacing", Priority = ThreadPriority.AboveNormal }.Start();
    }

    /// <summary>Starts the paced part of an answer. Streams that begin together are spread over their pace, as real ones are.</summary>
    public void Add(Socket socket, PreparedAnswer answer)
    {
        var number = Interlocked.Increment(ref _arrived);
        var phase = 1 + (number * 7 % Math.Min(answer.PaceMs, 40));
        _arrivals.Enqueue(new PacedStream(socket, answer, Now() + phase));
        _wake.Release();
    }

    private long Now() => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    private void Turn()
    {
        var live = 0;
        while (true)
        {
            if (live == 0)
            {
                _wake.Wait();
                _tick = Math.Max(_tick, Now());
            }
            else
            {
                Thread.Sleep(1);
            }

            while (_arrivals.TryDequeue(out var stream))
            {
                Place(stream);
                live++;
            }

            for (var now = Now(); _tick <= now; _tick++) live -= SendDue();
        }
    }

    /// <summary>Sends what is due in the current slot; gives the number of streams that came to their end.</summary>
    private int SendDue()
    {
        var slot = _slots[_tick % Slots];
        var ended = 0;
        var kept = 0;
        // Placing may append to this same slot (a full turn ahead), so the count is read anew each time.
        for (var index = 0; index < slot.Count; index++)
        {
            var stream = slot[index];
            if (stream.Due > _tick)
            {
                slot[kept++] = stream;
                continue;
            }

            if (!stream.Send())
            {
                ended++;
                continue;
            }

            if (stream.Due % Slots == _tick % Slots) slot[kept++] = stream;
            else Place(stream);
        }

        slot.RemoveRange(kept, slot.Count - kept);
        return ended;
    }

    private void Place(PacedStream stream) => _slots[Math.Max(stream.Due, _tick) % Slots].Add(stream);

    private sealed class PacedStream(Socket socket, PreparedAnswer answer, long due)
    {
        private int _next;

        public long Due { get; private set; } = due;

        /// <summary>Sends the next event; false when it was the last or the other end has left.</summary>
        public bool Send()
        {
            try
            {
                socket.Send(answer.Paced[_next]);
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                return false;
            }

            Due += answer.PaceMs;
            return ++_next < answer.Paced.Length;
        }
    }
}
