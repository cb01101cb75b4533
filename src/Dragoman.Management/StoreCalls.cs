using Dragoman.Gateway.Persistence;

namespace Dragoman.Management;

/// <summary>Runs the part of a use case that uses the store: a store that is away is an error like any other, and not an exception.</summary>
internal static class StoreCalls
{
    /// <summary>Runs a use case with a value.</summary>
    public static async Task<ManagementResult<T>> RunAsync<T>(Func<Task<ManagementResult<T>>> run)
        where T : class
    {
        try
        {
            return await run();
        }
        catch (StoreException ex)
        {
            return ManagementError.Unavailable(ex);
        }
    }

    /// <summary>Runs a use case without a value; null when it was done.</summary>
    public static async Task<ManagementError?> RunAsync(Func<Task<ManagementError?>> run)
    {
        try
        {
            return await run();
        }
        catch (StoreException ex)
        {
            return ManagementError.Unavailable(ex);
        }
    }
}
