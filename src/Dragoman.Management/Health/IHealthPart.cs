namespace Dragoman.Management.Health;

/// <summary>A part of the gateway that can say how it is; asked on demand, so it must answer at once and from memory.</summary>
public interface IHealthPart
{
    /// <summary>Its name in the report: <c>flows</c>, <c>usage</c>, …</summary>
    string Name { get; }

    /// <summary>How it is now.</summary>
    HealthReport Report();
}

/// <summary>How a part is.</summary>
public enum HealthState
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>Traffic goes on, but something is lost or late.</summary>
    Degraded,

    /// <summary>The part does not work.</summary>
    Failing,
}

/// <summary>What a part says of itself.</summary>
/// <param name="State">How it is.</param>
/// <param name="Problem">What is wrong, for people; or null.</param>
/// <param name="Figures">Its counters by name: <c>waiting</c>, <c>dropped</c>, …</param>
public sealed record HealthReport(HealthState State, string? Problem, IReadOnlyDictionary<string, long> Figures);
