using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Listeners;

/// <summary>
/// What the clients' API does differently on the listeners of a surface, because the system it stands for does so and its users' clients count on it.
/// Every member may be left as it is.
/// </summary>
internal interface ISurfaceClientRules
{
    /// <summary>Completes a body with what that system takes as given (a model, <c>max_tokens</c>).</summary>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="body">What the client sent.</param>
    /// <returns>The whole body in a buffer of its own, which the caller gives back; null where nothing is to be changed.</returns>
    PooledBuffer? Complete(Protocol protocol, ReadOnlySpan<byte> body) => null;

    /// <summary>The model that a name means on this surface. A name that is served under itself should stay what it is.</summary>
    /// <param name="requested">The name that the client used.</param>
    /// <param name="models">The models that are there.</param>
    string ModelOf(string requested, IReadOnlyList<VisibleModel> models) => requested;

    /// <summary>Models that stand in, one after the other, where the vendor of one has retired it.</summary>
    /// <param name="model">The model, as <see cref="ModelOf"/> named it.</param>
    /// <param name="models">The models that are there.</param>
    IReadOnlyList<string> FallbacksOf(string model, IReadOnlyList<VisibleModel> models) => [];

    /// <summary>The words that stand for an answer without content, once it has been asked for again; null where that is passed on as it came.</summary>
    string? EmptyAnswerText => null;

    /// <summary>Whether pages of an origin may call this surface; null for the usual rules.</summary>
    /// <param name="request">The call.</param>
    /// <param name="origin">The page's origin.</param>
    bool? AllowsOrigin(HttpRequest request, string origin) => null;

    /// <summary>The methods that pages are told they may use; null for the usual ones.</summary>
    string? AllowedMethods => null;

    /// <summary>The way back to a client, where answers or errors have another shape on this surface; else the channel as it is.</summary>
    /// <param name="context">The call.</param>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="channel">The way back that HTTP has.</param>
    IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel) => channel;

    /// <summary>The message for a request that there is no route for; null for the usual one.</summary>
    string? UnknownRoute(HttpRequest request) => null;
}
