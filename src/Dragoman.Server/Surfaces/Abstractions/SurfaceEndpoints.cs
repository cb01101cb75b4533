using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Endpoints that are made once, when they are first asked for.</summary>
internal sealed class SurfaceEndpoints(Func<IReadOnlyList<Endpoint>> make) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> _endpoints = new(make);

    /// <inheritdoc/>
    public override IReadOnlyList<Endpoint> Endpoints => _endpoints.Value;

    /// <inheritdoc/>
    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;
}
