using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// The events of one response in their order, as they come: the data of each, without framing. Any number of readers may follow it while
/// it still grows.
/// </summary>
public sealed class EventLog
{
    /// <summary>More than this is not kept; such a response is replayed from its final object.</summary>
    private const int MaxBytes = 8 << 20;

    /// <summary>More than this is not held for those who follow either: they miss deltas, and get the end.</summary>
    private const int MostHeld = 64 << 20;

    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _size;
    private bool _ended;

    /// <summary>How many bytes it takes.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>How many events there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _events.Count;
        }
    }

    /// <summary>Whether it grew too large to be kept for replay.</summary>
    public bool IsTooLarge => Size > MaxBytes;

    /// <summary>Adds an event; the bytes must be the log's own. A delta is dropped where too many are held already.</summary>
    public void Add(ReadOnlyMemory<byte> data, bool isDelta = false)
    {
        lock (_gate)
        {
            if (_ended || (isDelta && _size > MostHeld)) return;
            _events.Add(data);
            _size += data.Length + 32;
            Wake();
        }
    }

    /// <summary>Nothing will follow.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Wake();
        }
    }

    /// <summary>The events from one on, and a task that ends when there are more, or null when the log has ended.</summary>
    public (IReadOnlyList<ReadOnlyMemory<byte>> Events, Task? More) From(int index)
    {
        lock (_gate) return (_events[Math.Min(index, _events.Count)..], _ended ? null : _changed.Task);
    }

    /// <summary>The number that an event says it has; -1 when it says none.</summary>
    public static long SequenceOf(ReadOnlyMemory<byte> data)
    {
        var number = ResponsesJsonEditor.FieldOf(data, "sequence_number"u8);
        if (number.IsEmpty) return -1;
        var reader = number.Read();
        reader.Read();
        return reader.Int64OrNull() ?? -1;
    }

    private void Wake()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
