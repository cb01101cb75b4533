using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management;

/// <summary>Reads which part of a list a caller wants: <c>limit</c> (1 to 1000, 50 when absent) and <c>after</c>.</summary>
internal static class PageQuery
{
    private const int Most = 1_000;

    /// <summary>Null when the limit can be served.</summary>
    public static ManagementError? Invalid(int? limit)
        => limit is < 1 or > Most ? ManagementError.Invalid($"limit is 1 to {Most}.", "limit") : null;

    public static PageRequest Parse(int? limit, string? after) => new(limit ?? 50, string.IsNullOrEmpty(after) ? null : after);
}
