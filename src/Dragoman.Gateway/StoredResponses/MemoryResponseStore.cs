using System.Text;
using Dragoman.Gateway.Caching;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Keeps responses in memory, bounded in number, bytes and age; the longest unused go first. Whoever continues a response looks up all
/// that it continues itself, so the beginning of a conversation stays as fresh as its end.
/// </summary>
internal sealed class MemoryResponseStore(Func<ResponsesOptions> options, TimeProvider time) : IResponseStore
{
    private readonly Lock _gate = new();
    private readonly LruCache<(string Owner, string Id), StoredResponse> _known = new();

    /// <summary>How many are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    public ValueTask<bool> SaveAsync(StoredResponse response)
    {
        var limits = options();
        lock (_gate)
        {
            if (response.Size > limits.StoreMaxBytes) response = response with { Events = null };
            _known.Set((response.Owner, response.Id), response, response.Size);
            while (_known.TryPeekOldest(out var key, out var oldest) && (_known.Size > limits.StoreMaxBytes || _known.Count > limits.StoreMaxCount || IsTooOld(oldest, limits))) _known.Remove(key, out _);
        }

        return new(true);
    }

    public ValueTask<StoredResponse?> FindAsync(string owner, string id)
    {
        lock (_gate)
        {
            if (!_known.TryGet((owner, id), out var response)) return new((StoredResponse?)null);
            if (!IsTooOld(response, options())) return new(response);
            _known.Remove((owner, id), out _);
            return new((StoredResponse?)null);
        }
    }

    public ValueTask<bool> IsOthersAsync(string owner, string id)
    {
        lock (_gate) return new(_known.Keys.Any(known => known.Id == id && known.Owner != owner));
    }

    public ValueTask<bool> DeleteAsync(string owner, string id)
    {
        lock (_gate) return new(_known.Remove((owner, id), out _));
    }

    public ValueTask<ReadOnlyMemory<byte>> FindItemAsync(string owner, string itemId)
    {
        StoredResponse[] candidates;
        lock (_gate) candidates = [.. _known.NewestFirst.Where(response => response.Owner == owner)];
        var quoted = Encoding.UTF8.GetBytes($"\"{itemId}\"");
        foreach (var response in candidates)
        {
            if (Find(ResponsesJsonEditor.OutputOf(response.Response), quoted) is { IsEmpty: false } output) return new(output);
            if (Find(InputItems.ListOf(response), quoted) is { IsEmpty: false } input) return new(input);
        }

        return new(ReadOnlyMemory<byte>.Empty);
    }

    private static ReadOnlyMemory<byte> Find(JsonSlice items, byte[] quotedId)
    {
        // Ids of plain input are made of the response's own: looking for the id in the raw bytes first would miss none of the listed ones.
        if (items.Bytes.Span.IndexOf(quotedId) < 0) return default;
        foreach (var item in InputItems.Each(items))
        {
            if (ResponsesJsonEditor.FieldOf(item.Bytes, "id"u8).Bytes.Span.SequenceEqual(quotedId)) return item.Bytes;
        }

        return default;
    }

    private bool IsTooOld(StoredResponse response, ResponsesOptions limits) => time.GetUtcNow() - response.Created > limits.StoreTtl;
}
