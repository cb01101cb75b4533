using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Models;

/// <summary>Chooses who answers, and learns from how it went.</summary>
public interface IRouter
{
    /// <summary>
    /// The candidates for a request, in order. Planning moves round-robin on; <paramref name="dryRun"/> (explain) leaves everything as it is.
    /// </summary>
    RoutePlan Plan(RouteRequest request, bool dryRun = false);

    /// <summary>Whether conversations are bound to accounts under the running configuration: only then is what ties them together looked for.</summary>
    bool BindsSessions => true;

    /// <summary>The candidate answered: its lane's fault counters are reset, and the session sticks to it.</summary>
    void ReportSuccess(RouteRequest request, Candidate candidate);

    /// <summary>The candidate failed: its lane (or, for authentication faults, the whole account) cools down as the class demands.</summary>
    void ReportFailure(Candidate candidate, Failure failure);
}
