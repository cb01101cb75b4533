using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Bedrock;

/// <summary>Finds the keys that an account signs with.</summary>
internal interface IAwsKeySource
{
    /// <summary>The keys of a credential; temporary ones are renewed ahead of their end.</summary>
    ValueTask<AwsKeys> KeysAsync(AwsCredential credential, CancellationToken cancellationToken);

    /// <summary>The region that the profile names, or null.</summary>
    string? RegionOf(string profile);

    /// <summary>Keys were refused as expired: the next call gets new ones.</summary>
    void Invalidate();
}
