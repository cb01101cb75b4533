using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>What a protocol asks of its requests beyond what holds for all of them.</summary>
internal interface IRequestRules
{
    /// <summary>The protocol.</summary>
    Protocol Protocol { get; }

    /// <summary>The error for a request that names no model, in the words of the protocol's vendor.</summary>
    string MissingModel { get; }

    /// <summary>The model's own id, for the one a request names.</summary>
    string ModelOf(string requested, IReadOnlyList<VisibleModel> models);

    /// <summary>Throws where a request cannot be served here.</summary>
    /// <param name="head">The request.</param>
    /// <param name="sharesAccounts">Whether several client keys use the same accounts.</param>
    /// <exception cref="WireException">It cannot be served.</exception>
    void Check(RequestEnvelope head, bool sharesAccounts);
}
