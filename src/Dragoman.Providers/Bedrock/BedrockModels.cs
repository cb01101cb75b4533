using System.Text.RegularExpressions;
using Dragoman.Protocols.BedrockConverse.Upstream;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// Names of models on Bedrock: what people write, the base id, and the inference profile that has to be called in its place (newer models
/// exist on demand only through a profile of a geography).
/// </summary>
public static partial class BedrockModels
{
    private static readonly string[] Geographies = ["us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "uk.", "in.", "global."];

    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gpt-4"] = "anthropic.claude-sonnet-4-5-20250929-v1:0",
        ["gpt-3.5-turbo"] = "anthropic.claude-haiku-4-5-20251001-v1:0",
    };

    /// <summary>The base ids of models with text, known when this was written; others work by their full ids.</summary>
    public static IReadOnlyList<string> BaseIds { get; } =
    [
        "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-haiku-5-5", "anthropic.claude-fable-5-2", "anthropic.claude-fable-5-1",
        "anthropic.claude-opus-5", "anthropic.claude-sonnet-5", "anthropic.claude-fable-5", "anthropic.claude-opus-4-8", "anthropic.claude-opus-4-7",
        "anthropic.claude-opus-4-6-v1", "anthropic.claude-sonnet-4-6", "anthropic.claude-opus-4-5-20251101-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-4-1-20250805-v1:0", "anthropic.claude-opus-4-20250514-v1:0",
        "anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic.claude-3-5-haiku-20241022-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0", "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-premier-v1:0",
        "amazon.nova-2-lite-v1:0", "deepseek.r1-v1:0", "openai.gpt-oss-120b-1:0", "openai.gpt-oss-20b-1:0",
    ];

    /// <summary>Whether the name is one of Claude's.</summary>
    public static bool IsClaude(string name) => name.Contains("claude", StringComparison.OrdinalIgnoreCase);

    /// <summary>The id to call for a name: short names are spelled out, base ids that need one get the inference profile of the region.</summary>
    public static string Resolve(string name, string region)
    {
        var id = Spell(name);
        return NeedsProfile(id) ? GeographyOf(region, id) + id : id;
    }

    /// <summary>The base id behind a name or profile id (CountTokens takes no other); an ARN stays as it is.</summary>
    public static string BaseId(string name)
    {
        var id = Spell(name);
        foreach (var geography in Geographies)
        {
            if (id.StartsWith(geography, StringComparison.Ordinal)) return id[geography.Length..];
        }

        return id;
    }

    /// <summary>The geography whose profiles a region calls; newer models have Japan's and Australia's own instead of Asia's.</summary>
    public static string GeographyOf(string region, string baseId)
    {
        if (region.StartsWith("us-gov-", StringComparison.Ordinal)) return "us-gov.";
        if (region.StartsWith("us-", StringComparison.Ordinal)) return "us.";
        if (region.StartsWith("eu-", StringComparison.Ordinal)) return "eu.";
        if (!region.StartsWith("ap-", StringComparison.Ordinal)) return "global.";
        var older = baseId.Contains("claude-3", StringComparison.Ordinal) || OlderFour().IsMatch(baseId) || !IsClaude(baseId);
        if (older) return "apac.";
        return region switch
        {
            "ap-northeast-1" or "ap-northeast-3" => "jp.",
            "ap-southeast-2" or "ap-southeast-4" => "au.",
            _ => "global.",
        };
    }

    private static string Spell(string name)
    {
        name = ConverseChoice.Bare(name);
        if (name.StartsWith("arn:", StringComparison.Ordinal)) return name;
        if (ShortNames.TryGetValue(name, out var known)) return known;
        // Full ids have a vendor before their first dot; "claude-sonnet-4.5" has a digit before it.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && !char.IsAsciiDigit(name[dot - 1])) return name;
        var plain = name.Replace('.', '-').ToLowerInvariant();
        if (plain.EndsWith("-latest", StringComparison.Ordinal)) plain = plain[..^7];
        foreach (var id in BaseIds)
        {
            var own = id.AsSpan(id.IndexOf('.', StringComparison.Ordinal) + 1);
            if (own.StartsWith(plain, StringComparison.Ordinal) && VersionTail().IsMatch(own[plain.Length..])) return id;
        }

        return name;
    }

    private static bool NeedsProfile(string id)
    {
        if (id.StartsWith("anthropic.claude-", StringComparison.Ordinal))
        {
            return !OnDemandClaude().IsMatch(id);
        }

        return id.StartsWith("amazon.nova-premier", StringComparison.Ordinal) || id.StartsWith("amazon.nova-2-", StringComparison.Ordinal)
            || id.StartsWith("deepseek.r1", StringComparison.Ordinal) || id.StartsWith("mistral.pixtral-large", StringComparison.Ordinal)
            || id.StartsWith("meta.llama4", StringComparison.Ordinal) || id.StartsWith("meta.llama3-2", StringComparison.Ordinal)
            || id.StartsWith("writer.", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(-\d{8})?(-v\d+(:\d+)?|-\d+:\d+)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex VersionTail();

    [GeneratedRegex(@"^anthropic\.claude-(instant|v2|2|3-(haiku|sonnet|opus|5))", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex OnDemandClaude();

    [GeneratedRegex(@"claude-(opus|sonnet)-4-(1-)?\d{8}", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex OlderFour();
}
