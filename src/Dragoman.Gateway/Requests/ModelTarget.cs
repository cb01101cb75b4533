using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Requests;

/// <summary>One account's offer to answer by one of its models.</summary>
/// <param name="Account">The account.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Order">Its place in the configuration, which is the order of preference among equals.</param>
internal sealed record ModelTarget(Account Account, UpstreamModel Model, int Order)
{
    /// <summary>The thinking suffix that the owner wrote behind the upstream's name, or null; the client's own counts more.</summary>
    public string? Suffix { get; init; }

    /// <summary>
    /// Whether nobody said that the account serves the model: neither its list nor the catalog of its vendor's models. It is asked after those that are
    /// known to, unless its upstream has answered for the model before.
    /// </summary>
    public bool IsAssumed { get; init; }

    /// <summary>Whether the name asks for thinking (<c>-thinking</c>), where the request says nothing of it itself.</summary>
    public bool RequestsReasoning { get; init; }

    /// <summary>Whether answers name the model as the client did, also where they pass unchanged otherwise.</summary>
    public bool ForcesName { get; init; }

    /// <summary>The protocol this model is asked in.</summary>
    public Protocol Protocol { get; } = ProtocolRegistry.Traits(Account.Protocol).ProtocolFor(Model);

    /// <summary>How far the client's protocol is from it: 0 the same, 1 the same bodies in another envelope, 2 to be translated.</summary>
    public int DistanceFrom(Protocol client) => client == Protocol ? 0 : client == ProtocolRegistry.Traits(Protocol).BodyProtocol ? 1 : 2;

    /// <summary>Makes an offer from a name as configured or asked for.</summary>
    public static ModelTarget Create(ModelCatalog catalog, Account account, string name, string alias, ModelMetadata? own, int order)
    {
        var suffix = RequestedName.TrySplitSuffix(name, out var bare, out var value) ? value : null;
        var facts = ModelMetadataMerger.Merge(catalog, account.Protocol, bare, alias, own);
        var model = new UpstreamModel(bare) { MaxOutputTokens = facts.MaxOutputTokens, Reasoning = facts.Reasoning, Family = UpstreamModel.FamilyOf(bare) };
        return new ModelTarget(account, model, order) { Suffix = suffix };
    }
}
