namespace Dragoman.Gateway.Accounts;

/// <summary>What an account proves itself with. Never logged, never serialised: <c>ToString</c> shows only a mask.</summary>
public abstract record Credential
{
    /// <summary>A short mark that tells two credentials apart and gives neither away.</summary>
    public abstract string Mask { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Mask;

    /// <summary>The mask of a secret: its first and last letters where it is long enough, else nothing of it.</summary>
    protected static string MaskOf(string secret)
        => secret.Length >= 16 ? $"{secret[..4]}…{secret[^4..]}" : "…";
}

/// <summary>No credential: the upstream asks for none (a local model server).</summary>
public sealed record NoCredential : Credential
{
    /// <inheritdoc/>
    public override string Mask => "none";
}

/// <summary>An API key, sent in whichever header the provider wants.</summary>
/// <param name="Key">The key.</param>
public sealed record ApiKeyCredential(string Key) : Credential
{
    /// <inheritdoc/>
    public override string Mask => MaskOf(Key);
}

/// <summary>AWS credentials for Bedrock: exactly one of a bearer key, an access key pair, a profile, or nothing (the default chain).</summary>
public sealed record AwsCredential : Credential
{
    /// <summary>A Bedrock API key, sent as a bearer token; or null.</summary>
    public string? BearerKey { get; init; }

    /// <summary>The access key's id, or null.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The access key's secret, or null.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>The session token of temporary keys, or null.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The profile in the user's AWS files, or null.</summary>
    public string? Profile { get; init; }

    /// <inheritdoc/>
    public override string Mask => BearerKey is not null ? MaskOf(BearerKey)
        : AccessKeyId is not null ? MaskOf(AccessKeyId)
        : Profile is not null ? $"profile {Profile}" : "default chain";
}
