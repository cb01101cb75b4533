using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Row = Dragoman.Gateway.Persistence.StoredResponse;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Keeps responses in the store, with those used last in memory: so a response can be continued after a restart and on another node. Events
/// stay in memory; a response from the store is replayed from its final object.
/// </summary>
/// <param name="cache">Those used last.</param>
/// <param name="rows">The store.</param>
/// <param name="isMadeElsewhere">Whether another process is making a response that is not done.</param>
internal sealed class PersistentResponseStore(MemoryResponseStore cache, ResponsePersistence rows, Func<string, Task<bool>> isMadeElsewhere) : IResponseStore
{
    /// <summary>The status of a row that is no response but a conversation.</summary>
    public const string ConversationStatus = "conversation";

    /// <summary>How many responses of the store are searched for an item.</summary>
    private const int MostSearched = 100;

    private static readonly JsonSlice Interrupted = JsonSlice.Create("""{"code":"server_error","message":"The gateway stopped while this response was being made. Nothing goes on; ask again."}"""u8);

    public async ValueTask SaveAsync(StoredResponse response)
    {
        if (!response.IsFinal)
        {
            // Whoever was told its id must find it, whatever happens to this process.
            await rows.WriteNowAsync(RowOf(response));
            return;
        }

        await cache.SaveAsync(response);
        await rows.WriteAsync(RowOf(response));
    }

    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
    {
        if (await cache.FindAsync(owner, id) is { } known) return known;
        if (await rows.ReadAsync(owner, id) is not { Status: not ConversationStatus } row) return null;
        var response = From(row);
        if (response.IsFinal)
        {
            await cache.SaveAsync(response);
            return response;
        }

        if (await rows.QueryAsync(() => isMadeElsewhere(id))) return response;
        response = Fail(response);
        await SaveAsync(response);
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

    private static StoredResponse Fail(StoredResponse response)
    {
        using var buffer = new PooledBuffer(response.Response.Length + 256);
        ResponsesJsonEditor.WriteChanged(new JsonSlice(response.Response), [("status", InputItems.Quote("failed")), ("error", Interrupted)], buffer);
        return response with { Status = "failed", Response = buffer.WrittenSpan.ToArray() };
    }

    private Row RowOf(StoredResponse response) => new()
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

    private static StoredResponse From(Row row) => new()
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
