using System.Text.RegularExpressions;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Accounts;

/// <summary>What an owner wants to follow from a failure that a rule knows.</summary>
public enum ErrorAction
{
    /// <summary>The client gets the error, and nothing cools down.</summary>
    Stop,

    /// <summary>The client gets the error, and the target cools down.</summary>
    StopAndCooldown,

    /// <summary>The next account is asked, and nothing cools down.</summary>
    Continue,

    /// <summary>The next account is asked, and the target cools down.</summary>
    ContinueAndCooldown,
}

/// <summary>An owner's word on failures of an upstream that have this status and one of these marks in their body; it counts before what the provider makes of them.</summary>
/// <param name="Status">The status.</param>
/// <param name="Marks">Texts, one of which the body holds.</param>
/// <param name="Patterns">Regular expressions, one of which matches in the body.</param>
/// <param name="Action">What follows.</param>
public sealed record ErrorRule(int Status, IReadOnlyList<string> Marks, IReadOnlyList<Regex> Patterns, ErrorAction Action)
{
    /// <summary>Whether the rule is of this failure.</summary>
    public bool Matches(int status, string body) => status == Status && (Marks.Any(mark => body.Contains(mark, StringComparison.Ordinal)) || Patterns.Any(pattern => pattern.IsMatch(body)));

    /// <summary>The failure as the first rule that knows it has it; unchanged where none does.</summary>
    /// <param name="rules">The rules, in their order.</param>
    /// <param name="failure">The failure as the provider sees it.</param>
    /// <param name="status">The status that the upstream gave.</param>
    /// <param name="body">What the upstream said; read only where there is a rule.</param>
    public static Failure Apply(IReadOnlyList<ErrorRule> rules, Failure failure, int status, Func<string> body)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(failure);
        ArgumentNullException.ThrowIfNull(body);
        string? text = null;
        foreach (var rule in rules)
        {
            if (rule.Status == status && rule.Matches(status, text ??= body())) return rule.Apply(failure);
        }

        return failure;
    }

    /// <inheritdoc/>
    public bool Equals(ErrorRule? other) => other is not null && Status == other.Status && Action == other.Action && Marks.SequenceEqual(other.Marks) && Patterns.Select(Text).SequenceEqual(other.Patterns.Select(Text));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, Action, Marks.Count, Patterns.Count);

    private static string Text(Regex pattern) => pattern.ToString();

    private Failure Apply(Failure failure) => Action switch
    {
        ErrorAction.Stop => failure with { Class = FailureClass.InvalidRequest, Ruling = Ruling.Stop },
        ErrorAction.Continue => failure with { Class = FailureClass.Unsupported },
        // What speaks against the account keeps its class, and with it the length of its cooldown; what is no more than a passing fault, or the request's, cools down like an overloaded upstream.
        _ => failure with
        {
            Class = failure.Class is FailureClass.Transient or FailureClass.AuthExpired || CooldownRules.IsRequestFault(failure.Class) ? FailureClass.Capacity : failure.Class,
            Ruling = Action == ErrorAction.StopAndCooldown ? Ruling.StopAndCoolDown : Ruling.CoolDown,
        },
    };
}
