using System.Text.Json;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>How the clients of one protocol read a list of models.</summary>
internal interface IModelListFormat
{
    /// <summary>The protocol.</summary>
    Protocol Protocol { get; }

    /// <summary>Writes the page of a list that a query asks for.</summary>
    void Write(Utf8JsonWriter writer, IReadOnlyList<VisibleModel> models, IQueryCollection query);

    /// <summary>Writes one model.</summary>
    void WriteModel(Utf8JsonWriter writer, VisibleModel model);

    /// <summary>The model's own id, for one that the list shows under another.</summary>
    string OwnId(string shownId, IReadOnlyList<VisibleModel> models) => shownId;
}
