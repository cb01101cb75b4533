using System.Globalization;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// A model's name as clients write it, taken apart: <c>models/</c> before it (Gemini), <c>[1m]</c> behind it (Claude Code's mark for the
/// long context), and reasoning in parentheses: a word, a budget, <c>none</c>, <c>auto</c>. The rules are those of wire/cliproxyapi.md §4.5.
/// </summary>
internal static class RequestedName
{
    private static readonly string[] Efforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>The name without <c>models/</c> and blanks.</summary>
    public static string Trimmed(string name) => ModelName.WithoutResourcePrefix(name.Trim());

    /// <summary>The name without a closing <c>[1m]</c> mark.</summary>
    public static string WithoutLongContext(string name)
        => name.EndsWith("[1m]", StringComparison.OrdinalIgnoreCase) && name.Length > 4 ? name[..^4].TrimEnd() : name;

    /// <summary>Splits a closing <c>(…)</c> off; false when there is none.</summary>
    public static bool TrySplitSuffix(string name, out string bare, out string value)
    {
        (bare, value) = (name, "");
        if (!name.EndsWith(')')) return false;
        var open = name.LastIndexOf('(');
        if (open <= 0) return false;
        bare = name[..open].TrimEnd();
        value = name[(open + 1)..^1].Trim();
        return bare.Length > 0;
    }

    /// <summary>The reasoning a suffix asks for; null when it says nothing that is understood. A new object each time: consumers may change it.</summary>
    public static ReasoningOptions? Reasoning(string value)
    {
        if (value.Equals("none", StringComparison.OrdinalIgnoreCase)) return new ReasoningOptions { Mode = ReasoningMode.Off };
        if (value.Equals("auto", StringComparison.OrdinalIgnoreCase) || value == "-1") return new ReasoningOptions { Mode = ReasoningMode.Adaptive };
        foreach (var effort in Efforts)
            if (effort.Equals(value, StringComparison.OrdinalIgnoreCase)) return new ReasoningOptions { Mode = ReasoningMode.On, Effort = effort };
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var budget)) return null;
        return budget == 0 ? new ReasoningOptions { Mode = ReasoningMode.Off }
            : new ReasoningOptions { Mode = ReasoningMode.On, BudgetTokens = (int)Math.Min(budget, int.MaxValue) };
    }
}
