using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Routing;

/// <summary>What would be tried for a model, in which order, and why not others. Nothing is sent and no state changes.</summary>
public sealed class RouteExplainer(Router router)
{
    /// <summary>The plan for one model.</summary>
    /// <param name="model">The model, as a client names it.</param>
    /// <param name="protocol">The protocol that the client speaks, by its name (<c>anthropic-messages</c>); null for <c>openai-chat</c>.</param>
    public ManagementResult<RoutePlanView> Explain(string? model, string? protocol)
    {
        if (string.IsNullOrEmpty(model)) return ManagementError.Invalid("Say which model.", "model", "missing_required_parameter");
        return Read(protocol, out var source) is { } error ? error : Plan(model, source);
    }

    /// <summary>The plans for all models that clients may ask for.</summary>
    /// <param name="protocol">The protocol that the client speaks; null for <c>openai-chat</c>.</param>
    public ManagementResult<RouteListView> ExplainAll(string? protocol)
        => Read(protocol, out var source) is { } error ? error : new RouteListView([.. router.VisibleModels().Select(model => Plan(model.Id, source))]);

    private RoutePlanView Plan(string model, Protocol source) => RoutePlanView.From(router.Plan(new RouteRequest(model, source), dryRun: true));

    private static ManagementError? Read(string? name, out Protocol protocol)
    {
        protocol = ProtocolRegistry.Default;
        if (string.IsNullOrEmpty(name)) return null;
        if (ProtocolRegistry.FromName(name) is not { } named) return ManagementError.Invalid($"'{name}' is not a protocol; use one of {string.Join(", ", ProtocolRegistry.Names)}.", "protocol");
        protocol = named;
        return null;
    }
}
