using Dragoman.Management;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>The status that most systems give to a kind of error.</summary>
internal static class ErrorStatus
{
    /// <summary>The status of a kind of error.</summary>
    public static int Of(ManagementErrorKind kind) => kind switch
    {
        ManagementErrorKind.NotFound => 404,
        ManagementErrorKind.Conflict or ManagementErrorKind.ConfiguredInFile or ManagementErrorKind.VersionConflict => 409,
        ManagementErrorKind.Unauthenticated => 401,
        ManagementErrorKind.Forbidden => 403,
        ManagementErrorKind.LockedOut => 429,
        ManagementErrorKind.Unavailable => 503,
        _ => 400,
    };
}
