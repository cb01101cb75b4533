using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Configuration;

/// <summary><c>ampcode</c>: what is done for Amp's command line, as CLIProxyAPI names it.</summary>
public sealed record AmpOptions
{
    /// <summary><c>upstream-url</c>: where Amp itself is, for what is not about models; null where the accounts of Amp say it.</summary>
    public Uri? UpstreamUrl { get; init; }

    /// <summary><c>upstream-api-key</c>: the key that Amp is shown; null where the accounts of Amp have it.</summary>
    public string? UpstreamApiKey { get; init; }

    /// <summary><c>upstream-api-keys</c>: other keys that Amp is shown for clients of certain keys, by the client's key.</summary>
    public IReadOnlyDictionary<string, string> UpstreamApiKeys { get; init; } = new Dictionary<string, string>();

    /// <summary><c>restrict-management-to-localhost</c>: what goes on to Amp is taken from programs of this machine only.</summary>
    public bool LocalOnly { get; init; }

    /// <summary><c>model-mappings</c>: models that stand for those which no account here serves.</summary>
    public IReadOnlyList<AmpModelMapping> ModelMappings { get; init; } = [];

    /// <summary><c>force-model-mappings</c>: mappings come before the models that are served under their own names.</summary>
    public bool ForceMappings { get; init; }

    /// <summary>A record would print its members; this one holds keys.</summary>
    public override string ToString() => $"Amp at {UpstreamUrl?.ToString() ?? "no address"}, {ModelMappings.Count} mappings";
}

/// <summary>A model that stands for others.</summary>
/// <param name="From">The name that is asked for, whatever its case; with <paramref name="Pattern"/> the text of a regular expression.</param>
/// <param name="To">The name that is served.</param>
/// <param name="Pattern">The expression, which any case fits; null where the name is meant as it stands.</param>
public sealed record AmpModelMapping(string From, string To, Regex? Pattern)
{
    /// <summary>Whether it is meant for a name.</summary>
    public bool Fits(string model) => Pattern?.IsMatch(model) ?? From.Equals(model, StringComparison.OrdinalIgnoreCase);
}
