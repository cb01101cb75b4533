using Dragoman.Gateway.Catalog;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>Google's models and Anthropic's, each by the ids of Vertex AI: a snapshot of Claude stands behind an <c>@</c> there.</summary>
internal sealed class VertexModelScope : ModelScope
{
    /// <summary>One for all accounts.</summary>
    public static VertexModelScope Instance { get; } = new();

    /// <summary>The models that have no id without a snapshot (platform.claude.com "Claude on Vertex AI", read in November 2026); from 4.6 on there are none with one.</summary>
    private static readonly Dictionary<string, string> Snapshots = new(StringComparer.Ordinal)
    {
        ["haiku-4-5"] = "20251001", ["opus-4-5"] = "20251101", ["sonnet-4-5"] = "20250929", ["opus-4-1"] = "20250805", ["opus-4-0"] = "20250514", ["sonnet-4-0"] = "20250514",
        ["sonnet-3-7"] = "20250219", ["sonnet-3-5"] = "20241022", ["haiku-3-5"] = "20241022", ["haiku-3-0"] = "20240307", ["opus-3-0"] = "20240229", ["sonnet-3-0"] = "20240229",
    };

    /// <summary>Whether a model is one of Anthropic's, which is asked in Anthropic's protocol.</summary>
    public static bool IsClaude(string model) => model.StartsWith("claude-", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Fits(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Contains('/', StringComparison.Ordinal)) return false;
        return IsClaude(model) || CanonicalName.VendorOf(CanonicalName.Normalize(model)) == "google";
    }

    /// <inheritdoc/>
    public override (string Name, bool Thinking) Spell(string model)
    {
        if (ClaudeName.Read(model) is not { } claude) return (model, false);
        var spelled = ForVertex(claude);
        return (spelled.Equals(model, StringComparison.OrdinalIgnoreCase) ? model : spelled, claude.IsThinking);
    }

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Listed && model.Facts.Vendor is "google" or "anthropic";
    }

    private static string ForVertex(ClaudeName claude)
    {
        var version = claude.Minor is > 0 and var minor ? FormattableString.Invariant($"{claude.Major}-{minor}") : FormattableString.Invariant($"{claude.Major}");
        // Generation 3 has the family behind; its second "Sonnet 3.5" is a name of its own.
        var name = claude.Major == 3 ? $"claude-{version}-{claude.Family}" : $"claude-{claude.Family}-{version}";
        var date = claude.Date ?? Snapshots.GetValueOrDefault(claude.Model);
        if (name == "claude-3-5-sonnet" && date == "20241022") name += "-v2";
        return date is null ? name : $"{name}@{date}";
    }
}
