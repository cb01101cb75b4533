namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// Our management API, <c>/api/v1/*</c>: a folder a resource, every route behind the same authorization, described at
/// <c>/api/v1/openapi.json</c>. JSON names are <c>snake_case</c>, times are ISO 8601 in UTC, durations are seconds or milliseconds as their names say.
/// </summary>
internal static class ManagementApi
{
    /// <summary>What every route begins with.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>The largest body of a route that does not say otherwise.</summary>
    public const long MostBytes = 1 << 20;
}

/// <summary>Marks a route of the management API.</summary>
/// <param name="MostBytes">The largest body it takes; null for no limit.</param>
/// <param name="IsOpen">Whether it checks by itself who calls; all else of the guard holds for it too.</param>
internal sealed record ManagementRoute(long? MostBytes = ManagementApi.MostBytes, bool IsOpen = false);
