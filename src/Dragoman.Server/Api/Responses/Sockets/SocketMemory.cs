using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>What a connection remembers: the last few transcripts by the response they end with, and each queue's last request. Queues share it.</summary>
internal sealed class SocketMemory(MemoryBudget budget, Func<long> limit) : IDisposable
{
    private const int MostTranscripts = 16;
    private readonly Lock _gate = new();
    private readonly MemoryShare _share = new(budget);
    private readonly Dictionary<string, IReadOnlyList<JsonSlice>> _transcripts = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];
    private readonly Dictionary<string, SocketHistory> _histories = new(StringComparer.Ordinal);

    /// <summary>What went before on a queue; null before its first request.</summary>
    public SocketHistory? LastOf(string? streamId)
    {
        lock (_gate) return _histories.GetValueOrDefault(streamId ?? "");
    }

    /// <summary>The transcript that ends with a response: lists of items, oldest first; null when it is not remembered.</summary>
    public IReadOnlyList<JsonSlice>? Find(string? id)
    {
        lock (_gate) return id is null ? null : _transcripts.GetValueOrDefault(id);
    }

    /// <summary>A queue's request is on its way.</summary>
    public void Began(string? streamId, ReadOnlyMemory<byte> body)
    {
        lock (_gate)
        {
            var last = _histories.GetValueOrDefault(streamId ?? "")?.ResponseId;
            // Taken out first, so that the queue that was used longest ago comes first.
            _histories.Remove(streamId ?? "");
            _histories.Add(streamId ?? "", new SocketHistory(body, last));
            Fit();
        }
    }

    /// <summary>A queue's request was answered. The pieces of a transcript are shared by those that follow it.</summary>
    public void Remember(string? streamId, string id, PreparedTurn turn, JsonSlice output)
    {
        var own = InputItems.AsList(turn.Own.ToArray());
        IReadOnlyList<JsonSlice> transcript = output.IsEmpty ? [.. turn.History, own] : [.. turn.History, own, output.Detach()];
        lock (_gate)
        {
            if (_transcripts.TryAdd(id, transcript)) _order.Enqueue(id);
            else _transcripts[id] = transcript;
            while (_order.Count > MostTranscripts) _transcripts.Remove(_order.Dequeue());
            Fit();
            if (_histories.TryGetValue(streamId ?? "", out var past)) _histories[streamId ?? ""] = past with { ResponseId = id };
        }
    }

    /// <summary>Forgets all.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _transcripts.Clear();
            _histories.Clear();
            _share.Dispose();
        }
    }

    /// <summary>
    /// Forgets the oldest until the rest fits the connection's bound and the gateway's memory. A client that goes on from what was forgotten is
    /// told that it is not known, and sends all of it, as it does after a broken connection.
    /// </summary>
    private void Fit()
    {
        while (true)
        {
            var size = Size();
            var more = size - _share.Taken;
            if (more < 0) _share.Release(-more);
            if (size <= limit() && (more <= 0 || _share.TryTake(more))) return;
            if (_order.TryDequeue(out var oldest)) _transcripts.Remove(oldest);
            else if (_histories.Count > 1) _histories.Remove(_histories.First().Key);
            else return;
        }
    }

    /// <summary>The bytes of all pieces; one that several transcripts share counts once.</summary>
    private long Size()
    {
        var pieces = new HashSet<ReadOnlyMemory<byte>>();
        foreach (var transcript in _transcripts.Values)
        {
            foreach (var piece in transcript) pieces.Add(piece.Bytes);
        }

        foreach (var past in _histories.Values) pieces.Add(past.Body);
        return pieces.Sum(piece => (long)piece.Length);
    }
}

/// <summary>A queue's last request, and the response it was last answered with, or null.</summary>
/// <param name="Body">The request as it was asked, all of it.</param>
/// <param name="ResponseId">The response's id.</param>
internal sealed record SocketHistory(ReadOnlyMemory<byte> Body, string? ResponseId);
