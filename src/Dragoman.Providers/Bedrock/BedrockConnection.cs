using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Protocols;

namespace Dragoman.Providers.Bedrock;

/// <summary>What the parts of the module share: keys and regions, and what was learned from AWS's refusals.</summary>
/// <param name="keys">Finds the keys that accounts sign with.</param>
/// <param name="environment">The environment.</param>
internal sealed class BedrockConnection(Func<IAwsKeySource> keys, Func<string, string?> environment)
{
    private readonly Lazy<IAwsKeySource> _keys = new(keys);

    // Models that the table did not know to need an inference profile.
    private readonly ConcurrentDictionary<string, bool> _byProfile = new(StringComparer.Ordinal);

    private long _skewTicks;

    /// <summary>Finds keys.</summary>
    public IAwsKeySource Keys => _keys.Value;

    /// <summary>How far AWS's clock is ahead of ours: it refuses signatures from clocks more than five minutes off, and its own is the one that counts.</summary>
    public TimeSpan Skew
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _skewTicks));
        set => Interlocked.Exchange(ref _skewTicks, value.Ticks);
    }

    /// <summary>Notes that a model is served only through an inference profile; false where that is known already.</summary>
    public bool NoteProfile(string model) => _byProfile.TryAdd(model, true);

    /// <summary>Whether a model was found to be served only through an inference profile.</summary>
    public bool NeedsProfile(string model) => _byProfile.ContainsKey(model);

    /// <summary>What an account authenticates with. Without anything of its own it takes the environment's Bedrock key before the chain, as the SDKs do.</summary>
    public AwsCredential CredentialOf(Credential credential)
    {
        var aws = AwsCredential.From(credential);
        if (aws.BearerKey is not null || aws.AccessKeyId is not null || aws.Profile is not null) return aws;
        var bearer = environment("AWS_BEARER_TOKEN_BEDROCK");
        return string.IsNullOrWhiteSpace(bearer) ? aws : new AwsCredential { BearerKey = bearer.Trim() };
    }

    /// <summary>The region of an account.</summary>
    /// <exception cref="WireException">It names none, and neither does the environment.</exception>
    public string RegionOf(Account account, AwsCredential credential)
    {
        if (!string.IsNullOrEmpty(account.Region)) return account.Region;
        if (AwsRegion.OfHost(account.BaseUrl) is { } named) return named;
        var region = environment("AWS_REGION");
        if (string.IsNullOrEmpty(region)) region = environment("AWS_DEFAULT_REGION");
        if (string.IsNullOrEmpty(region)) region = Keys.RegionOf(credential.Profile ?? environment("AWS_PROFILE") ?? "default");
        return !string.IsNullOrEmpty(region) ? region : throw new WireException(new WireError(
            ErrorKind.Api,
            $"The account \"{account.Label}\" names no AWS region: set its region, AWS_REGION, or the profile's."));
    }
}
