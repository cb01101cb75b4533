using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// A surface that stands for another system's HTTP interface: its routes over the use cases of <c>Dragoman.Management</c>, in its own JSON, statuses
/// and errors. They are served on the listeners of the surface, and on the gateway's own where no other surface has the same route.
/// </summary>
internal interface ISurface
{
    /// <summary>Which surface it is.</summary>
    Surface Surface { get; }

    /// <summary>What people call the system it stands for, for the documentation.</summary>
    string Title { get; }

    /// <summary>Where its callers put the management secret, besides <c>Authorization: Bearer</c> and <c>x-management-key</c>: names of headers.</summary>
    IReadOnlyList<string> SecretHeaders => [];

    /// <summary>What it changes in the clients' API; null for nothing.</summary>
    ISurfaceClientRules? ClientRules => null;

    /// <summary>What its listeners serve beside HTTP; null for nothing.</summary>
    ISurfaceConnections? Connections => null;

    /// <summary>Maps its routes.</summary>
    void Map(SurfaceRoutes routes);

    /// <summary>The answer to an error of a use case, of authorization, or of a request that cannot be read.</summary>
    SurfaceAnswer ErrorOf(ManagementError error);
}
