using System.Text.RegularExpressions;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>
/// Names of models in the form that the service takes. Other vendors put dashes and dates where it has a dot; only the form changes here, which models
/// there are the account's catalog says.
/// </summary>
public static partial class CodeWhispererModelName
{
    private const string Thinking = "-thinking";

    /// <summary>The name in the service's form; a name of another form stays as it is.</summary>
    public static string Normalize(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = ModelName.WithoutPath(name.Trim());
        if (name == "auto-kiro") return "auto";
        if (name.EndsWith(Thinking, StringComparison.Ordinal)) name = name[..^Thinking.Length];
        if (Old().Match(name) is { Success: true } old) return $"claude-{old.Groups["major"].Value}.{old.Groups["minor"].Value}-{old.Groups["family"].Value}";
        if (Inverted().Match(name) is { Success: true } inverted) return $"claude-{inverted.Groups["family"].Value}-{inverted.Groups["version"].Value}";
        if (Dashed().Match(name) is not { Success: true } dashed) return name;
        var minor = dashed.Groups["minor"].Value;
        return $"claude-{dashed.Groups["family"].Value}-{dashed.Groups["major"].Value}{(minor.Length > 0 ? "." + minor : "")}";
    }

    /// <summary><c>claude-3-7-sonnet-20250219</c>.</summary>
    [GeneratedRegex(@"^claude-(?<major>\d)-(?<minor>\d)-(?<family>[a-z]+)(-\d{8}|-latest)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Old();

    /// <summary><c>claude-4.5-opus-high</c>.</summary>
    [GeneratedRegex(@"^claude-(?<version>[4-9](\.\d)?)-(?<family>[a-z]+)(-(low|medium|high))?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Inverted();

    /// <summary><c>claude-sonnet-4-5-20250929</c>, <c>claude-sonnet-4-20250514</c>: eight digits are a date, never a version.</summary>
    [GeneratedRegex(@"^claude-(?<family>[a-z]+)-(?<major>\d)(-(?<minor>\d))?(-\d{8}|-latest)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Dashed();
}
