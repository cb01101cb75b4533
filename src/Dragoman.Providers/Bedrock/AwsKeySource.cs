using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Dragoman.Gateway.Accounts;
using Dragoman.Protocols;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// Keys by the AWS SDK's own chain (environment, shared files, roles, processes, containers, instances), so that an account works wherever
/// the <c>aws</c> command does. The SDK's objects cache temporary keys and renew them one at a time; here they are only kept.
/// </summary>
/// <param name="credentialsFile">The shared credentials file; null for the user's own.</param>
internal sealed class AwsKeySource(string? credentialsFile = null) : IAwsKeySource
{
    private readonly ConcurrentDictionary<string, Task<AWSCredentials>> _chains = new();

    /// <inheritdoc/>
    public async ValueTask<AwsKeys> KeysAsync(AwsCredential credential, CancellationToken cancellationToken)
    {
        if (credential.AccessKeyId is { } id && credential.SecretAccessKey is { } secret) return new AwsKeys(id, secret, credential.SessionToken);
        var name = credential.Profile ?? "";
        var chain = _chains.GetOrAdd(name, Open);
        try
        {
            var keys = await (await chain.WaitAsync(cancellationToken)).GetCredentialsAsync().WaitAsync(cancellationToken);
            return new AwsKeys(keys.AccessKey, keys.SecretKey, string.IsNullOrEmpty(keys.Token) ? null : keys.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException and not WireException)
        {
            // A failed search must not be remembered: the user may log in meanwhile.
            _chains.TryRemove(KeyValuePair.Create(name, chain));
            var where = name.Length > 0 ? $"the AWS profile \"{name}\"" : "the default AWS chain";
            throw new WireException(new WireError(ErrorKind.Authentication, $"No AWS credentials could be had from {where}: {error.Message}"));
        }
    }

    /// <inheritdoc/>
    public string? RegionOf(string profile)
        => new CredentialProfileStoreChain(credentialsFile).TryGetProfile(profile, out var found) ? found.Region?.SystemName : null;

    /// <inheritdoc/>
    public void Invalidate() => _chains.Clear();

    // Off the caller's thread: opening a chain reads files and may ask the instance's metadata service.
    private Task<AWSCredentials> Open(string profile) => Task.Run(async () =>
    {
        if (profile.Length == 0) return await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync();
        return new CredentialProfileStoreChain(credentialsFile).TryGetAWSCredentials(profile, out var credentials)
            ? credentials
            : throw new WireException(new WireError(ErrorKind.Authentication, $"There is no AWS profile \"{profile}\"."));
    });
}
