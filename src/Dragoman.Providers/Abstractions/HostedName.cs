namespace Dragoman.Providers.Abstractions;

/// <summary>Names that a cloud gives to models of others.</summary>
internal static class HostedName
{
    /// <summary>AWS's own spelling: an ARN, or vendor and model with a dot between (<c>us.anthropic.claude-…</c>).</summary>
    public static bool IsDotted(string model)
    {
        if (model.StartsWith("arn:", StringComparison.OrdinalIgnoreCase)) return true;
        var dot = model.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && model.AsSpan(0, dot).IndexOfAnyExceptInRange('a', 'z') is var odd && (odd < 0 || model[..dot] == "us-gov");
    }
}
