using System.Text.Json.Nodes;
using Dragoman.Gateway.Catalog;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Payload;

/// <summary><c>payload</c>: members that the owner sets in, or takes out of, the bodies of requests for some models, last of all before they are sent.</summary>
public sealed record PayloadRules
{
    /// <summary>None.</summary>
    public static PayloadRules None { get; } = new();

    /// <summary>The rules, in the order in which they are applied.</summary>
    public IReadOnlyList<PayloadRule> All { get; init; } = [];

    /// <summary>The names of the client's headers that rules look at.</summary>
    public IReadOnlySet<string> HeaderNames => field ??= All.SelectMany(static rule => rule.Matches).SelectMany(static match => match.Headers).Select(static header => header.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rules that may be for a request, by what is known of it without its body; null where there are none.</summary>
    public IReadOnlyList<PayloadRule>? For(PayloadTarget target)
    {
        List<PayloadRule>? found = null;
        foreach (var rule in All)
            if (rule.Matches.Any(match => match.Fits(target))) (found ??= []).Add(rule);
        return found;
    }
}

/// <summary>What a rule does.</summary>
public enum PayloadAction
{
    /// <summary>Sets members that the client's own body does not have; the first rule counts.</summary>
    Default,

    /// <summary>Sets members whatever there is; the last rule counts.</summary>
    Override,

    /// <summary>Takes members away.</summary>
    Filter,
}

/// <summary>A rule.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Matches">For which requests; one that fits is enough.</param>
/// <param name="Members">Where, and the values (none for <see cref="PayloadAction.Filter"/>).</param>
public sealed record PayloadRule(PayloadAction Action, IReadOnlyList<PayloadMatch> Matches, IReadOnlyList<(MemberPath Path, JsonNode? Value)> Members);

/// <summary>For which requests a rule is.</summary>
public sealed record PayloadMatch
{
    /// <summary>A pattern of the model's name, as the upstream or the client has it.</summary>
    public string Name { get; init; } = "*";

    /// <summary>The protocol of the upstream; null for any.</summary>
    public Protocol? Upstream { get; init; }

    /// <summary>The word that credential files name the provider by; null for any.</summary>
    public string? Channel { get; init; }

    /// <summary>The protocol of the client; null for any.</summary>
    public Protocol? Client { get; init; }

    /// <summary>Members that have to be there, with these values.</summary>
    public IReadOnlyList<(MemberPath Path, JsonNode? Value)> Equal { get; init; } = [];

    /// <summary>Members that must not have these values.</summary>
    public IReadOnlyList<(MemberPath Path, JsonNode? Value)> NotEqual { get; init; } = [];

    /// <summary>Members that have to be there and not null.</summary>
    public IReadOnlyList<MemberPath> Exist { get; init; } = [];

    /// <summary>Members that must not be there, or be null.</summary>
    public IReadOnlyList<MemberPath> NotExist { get; init; } = [];

    /// <summary>Headers that the client has to send, with a pattern of their values.</summary>
    public IReadOnlyList<(string Name, string Pattern)> Headers { get; init; } = [];

    /// <summary>Whether it fits what is known of a request without its body.</summary>
    public bool Fits(PayloadTarget target) => Headers.All(rule => target.Headers?.Any(header => header.Key.Equals(rule.Name, StringComparison.OrdinalIgnoreCase) && Wildcard.Matches(rule.Pattern, header.Value)) == true) && (Upstream is not { } upstream || upstream == target.Upstream) && (Client is not { } client || client == target.Client)
        && (Channel is null || Channel.Equals(target.Channel, StringComparison.OrdinalIgnoreCase)) && (Wildcard.Matches(Name, target.Model) || Wildcard.Matches(Name, target.RequestedModel));

    /// <summary>Whether it fits a body.</summary>
    public bool Fits(JsonNode body)
    {
        foreach (var (path, value) in Equal)
            if (!Has(body, path, value)) return false;
        foreach (var (path, value) in NotEqual)
            if (Has(body, path, value)) return false;
        return Exist.All(path => IsThere(body, path)) && !NotExist.Any(path => IsThere(body, path));
    }

    private static bool Has(JsonNode body, MemberPath path, JsonNode? value) => path.Resolve(body).Any(place => JsonNode.DeepEquals(place.Find(body), value));

    private static bool IsThere(JsonNode body, MemberPath path) => path.Resolve(body).Any(place => place.Find(body) is not null);
}

/// <summary>What is known of a request without its body.</summary>
/// <param name="Model">The upstream's name of the model.</param>
/// <param name="RequestedModel">The client's.</param>
/// <param name="Upstream">The upstream's protocol.</param>
/// <param name="Channel">The word that credential files name the provider by; null for none.</param>
/// <param name="Client">The client's protocol.</param>
/// <param name="Headers">The client's headers that rules look at; null for none.</param>
public readonly record struct PayloadTarget(string Model, string RequestedModel, Protocol Upstream, string? Channel, Protocol Client, IReadOnlyList<KeyValuePair<string, string>>? Headers = null);
