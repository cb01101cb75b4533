using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Handles a call of a surface's route.</summary>
internal delegate Task<SurfaceAnswer> SurfaceHandler(SurfaceCall call);

/// <summary>Who may call a route.</summary>
internal enum SurfaceAccess
{
    /// <summary>Who may manage the gateway.</summary>
    Management,

    /// <summary>Everyone. Such a route tells and changes nothing that is anybody's, or asks for a client key itself, in the form of its protocol.</summary>
    Open,
}

/// <summary>A route of a surface; also the metadata by which it is documented.</summary>
/// <param name="Surface">Whose it is.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The route's pattern.</param>
/// <param name="Summary">What it does, in a sentence for the documentation.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Handler">Handles a call.</param>
internal sealed record SurfaceRoute(Surface Surface, string Method, string Pattern, string Summary, SurfaceAccess Access, SurfaceHandler Handler)
{
    /// <summary>The largest body it takes, in bytes; null for no limit.</summary>
    public long? MostBytes { get; init; }

    /// <summary>The query parameter in which this one route takes the management secret, because a browser's <c>EventSource</c> can send no header; null for none.</summary>
    public string? SecretQuery { get; init; }

    /// <summary>Whether the secret is asked of programs on this machine too, whatever the configuration says; without a secret nobody may call it.</summary>
    public bool AlwaysAsksSecret { get; init; }

    /// <summary>Whether it is served on the listeners of its surface only, whatever the others have.</summary>
    public bool OwnListenersOnly { get; init; }
}
