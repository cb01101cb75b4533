using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Catalog;

/// <summary>A model's id as Bedrock forms it: <c>us.anthropic.claude-sonnet-4-5-20250929-v1:0</c> (geography of an inference profile, vendor, model, version, context mark).</summary>
internal static partial class BedrockModelId
{
    /// <summary>The model's own name, which other vendors know it by too; null for a name of another form. An ARN ends with the id of its model or profile.</summary>
    public static string? Bare(string name)
    {
        var isArn = name.StartsWith("arn:aws", StringComparison.OrdinalIgnoreCase);
        var id = isArn ? name[(name.LastIndexOf('/') + 1)..] : name;
        return Form().Match(id) is { Success: true } match ? match.Groups["model"].Value : isArn ? id : null;
    }

    [GeneratedRegex(@"^((us|us-gov|eu|apac|jp|au|ca|uk|global)\.)?(anthropic|amazon|meta|mistral|deepseek|openai|qwen|cohere|ai21|google|moonshot|moonshotai|minimax|zai|writer|nvidia)\.(?<model>[^:]+?)(-v[0-9]+)?(:[0-9a-z]+)*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Form();
}
