using System.Text;

namespace Dragoman.Gateway.Settings;

/// <summary>
/// <c>${NAME}</c> in a value stands for an environment variable, <c>${NAME:-default}</c> has a fallback, <c>$${</c> is a plain <c>${</c>.
/// </summary>
internal static class EnvironmentExpansion
{
    /// <summary>The value with its variables filled in; null when one is unset or malformed, which <paramref name="fault"/> explains.</summary>
    public static string? Expand(string value, Func<string, string?> environment, out string? fault)
    {
        fault = null;
        if (!value.Contains("${", StringComparison.Ordinal)) return value;
        var text = new StringBuilder(value.Length);
        var position = 0;
        while (position < value.Length)
        {
            var start = value.IndexOf("${", position, StringComparison.Ordinal);
            if (start < 0) break;
            if (start > position && value[start - 1] == '$')
            {
                text.Append(value, position, start - 1 - position).Append("${");
                position = start + 2;
                continue;
            }

            text.Append(value, position, start - position);
            var end = value.IndexOf('}', start);
            if (end < 0)
            {
                fault = "'${' has no closing '}'.";
                return null;
            }

            var inner = value[(start + 2)..end];
            var dash = inner.IndexOf(":-", StringComparison.Ordinal);
            var name = dash < 0 ? inner : inner[..dash];
            var found = name.Length == 0 ? null : environment(name);
            if (string.IsNullOrEmpty(found)) found = dash < 0 ? null : inner[(dash + 2)..];
            if (found is null)
            {
                fault = name.Length == 0 ? "'${}' names no environment variable." : $"The environment variable {name} is not set.";
                return null;
            }

            text.Append(found);
            position = end + 1;
        }

        return text.Append(value, position, value.Length - position).ToString();
    }
}
