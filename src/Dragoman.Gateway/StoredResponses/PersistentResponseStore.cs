using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Keeps responses in the store, with those used last in memory: so a response can be continued after a restart and on another node. Events
/// stay in memory; a response from the store is replayed from its final object.
/// </summary>
/// <param name="cache">Those used last.</param>
/// <param name="rows">The store.</param>
/// <param name="leases">Which process is making what.</param>
internal sealed class PersistentResponseStore(MemoryResponseStore cache, ResponsePersistence rows, RunLeases leases) : IResponseStore
{
    /// <summary>The status of a row that is no response but a conversation.</summary>
    public const string ConversationStatus = "conversation";

    /// <summary>How many responses of the store are searched for an item.</summary>
    private const int MostSearched = 100;

    private static readonly JsonSlice Interrupted = JsonSlice.Create("""{"code":"server_error","message":"The gateway stopped while this response was being made. Nothing goes on; ask again."}"""u8);

    public async ValueTask<bool> SaveAsync(StoredResponse response)
    {
        if (!response.IsFinal)
        {
            // Whoever was told its id must find it, whatever happens to this process.
            await rows.WriteNowAsync(RowOf(response));
            return true;
        }

        // What another process has reported as failed meanwhile stays so.
        if (response.Fence is { } fence && !await rows.WriteFencedAsync(RowOf(response), fence)) return false;
        await cache.SaveAsync(response);
        if (response.Fence is null) await rows.WriteAsync(RowOf(response));
        return true;
    }

    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
    {
        if (await cache.FindAsync(owner, id) is { } known) return known;
        if (await rows.ReadAsync(owner, id) is not { Status: not ConversationStatus } row) return null;
        var response = From(row);
        if (!response.IsFinal) return await EndAbandonedAsync(response);
        await cache.SaveAsync(response);
        return response;
    }

    public async ValueTask<bool> IsOthersAsync(string owner, string id)
        => await cache.IsOthersAsync(owner, id) || (await rows.OwnerOfAsync(id) is { } known && known != owner);

    public async ValueTask<bool> DeleteAsync(string owner, string id)
    {
        var known = await cache.DeleteAsync(owner, id);
        return await rows.RemoveAsync(owner, id) || known;
    }

    /// <summary>Looks among those in memory, and where it is not there (after a restart, on another node) among the owner's newest in the store.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> FindItemAsync(string owner, string itemId)
    {
        if (await cache.FindItemAsync(owner, itemId) is { IsEmpty: false } known) return known;
        var read = false;
        foreach (var row in await rows.RecentAsync(owner, MostSearched))
        {
            if (row.Status == ConversationStatus || From(row) is not { IsFinal: true } response || await cache.FindAsync(owner, row.Id) is not null) continue;
            await cache.SaveAsync(response);
            read = true;
        }

        return read ? await cache.FindItemAsync(owner, itemId) : default;
    }

    /// <summary>A response that is not done: as it is while another process makes it, else failed from now on.</summary>
    private async ValueTask<StoredResponse?> EndAbandonedAsync(StoredResponse response)
    {
        if (!leases.IsShared) return await SaveFailedAsync(response, fence: null);
        if (await rows.QueryAsync(() => leases.TryTakeOverAsync(response.Id)) is not { } lease) return response;
        try
        {
            // Its maker may have come to its end between the two looks.
            return await rows.ReadAsync(response.Owner, response.Id) is not { } row ? null
                : From(row) is { IsFinal: true } done ? done
                : await SaveFailedAsync(response, lease.Fence);
        }
        finally
        {
            await leases.ReleaseAsync(lease);
        }
    }

    private async ValueTask<StoredResponse> SaveFailedAsync(StoredResponse response, Fence? fence)
    {
        var failed = Fail(response) with { Fence = fence };
        await SaveAsync(failed);
        return failed;
    }

    private static StoredResponse Fail(StoredResponse response)
    {
        using var buffer = new PooledBuffer(response.Response.Length + 256);
        JsonObjectPatch.Write(new JsonSlice(response.Response), [("status", InputItems.Quote("failed")), ("error", Interrupted)], buffer);
        return response with { Status = "failed", Response = buffer.WrittenSpan.ToArray() };
    }

    private ResponseStateRecord RowOf(StoredResponse response) => new()
    {
        Id = response.Id,
        Owner = response.Owner,
        ParentId = response.ParentId,
        Status = response.Status,
        Model = InputItems.TextOf(new JsonSlice(response.Response), "model"u8) ?? "",
        Response = response.Response,
        InputItems = response.Input,
        CreatedAt = response.Created,
        ExpiresAt = rows.ExpiryOf(response.Created),
    };

    private static StoredResponse From(ResponseStateRecord row) => new()
    {
        Owner = row.Owner,
        Id = row.Id,
        Status = row.Status,
        Response = row.Response,
        Input = row.InputItems,
        ParentId = row.ParentId,
        Created = row.CreatedAt,
        Background = ResponsesJsonEditor.FieldOf(row.Response, "background"u8).Bytes.Span.SequenceEqual("true"u8),
    };
}
