namespace Dragoman.Gateway.StoredResponses;

/// <summary>Keeps responses.</summary>
public interface IResponseStore
{
    /// <summary>Keeps a response, in place of one with the same owner and id.</summary>
    /// <returns>False when the lease it was made under has passed to another process, which has ended the response: nothing was kept.</returns>
    ValueTask<bool> SaveAsync(StoredResponse response);

    /// <summary>An owner's response; null when it is unknown, too old, or another's.</summary>
    ValueTask<StoredResponse?> FindAsync(string owner, string id);

    /// <summary>Whether a response is kept for somebody else than this owner.</summary>
    ValueTask<bool> IsOthersAsync(string owner, string id);

    /// <summary>Forgets a response; false when it was not known.</summary>
    ValueTask<bool> DeleteAsync(string owner, string id);

    /// <summary>An item, by its id, of any of the owner's responses; empty when there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>> FindItemAsync(string owner, string itemId);
}
