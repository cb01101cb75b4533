using Dragoman.Gateway.Persistence;

namespace Dragoman.Management;

/// <summary>Which part of a list a caller wants: 1 to 1000 items, 50 when nothing is said, behind the cursor of the part before.</summary>
internal static class Paging
{
    private const int Most = 1_000;

    /// <summary>The part, or what is wrong with it.</summary>
    public static ManagementResult<PageRequest> Read(int? limit, string? after)
        => limit is < 1 or > Most ? ManagementError.Invalid($"limit is 1 to {Most}.", "limit") : new PageRequest(limit ?? 50, string.IsNullOrEmpty(after) ? null : after);
}
