using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>A protocol that does more for a request for an answer than <see cref="GenerateEndpoint"/> does: it keeps answers, or refers to kept ones.</summary>
internal interface IOwnGeneration
{
    /// <summary>The protocol.</summary>
    Protocol Protocol { get; }

    /// <summary>Handles a request for an answer.</summary>
    Task CreateAsync(HttpContext context);
}
