namespace Dragoman.Providers.Bedrock;

/// <summary>A pair of AWS keys, with the session they belong to where they are temporary.</summary>
internal sealed record AwsKeys(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <inheritdoc/>
    public override string ToString() => "AWS keys";
}
