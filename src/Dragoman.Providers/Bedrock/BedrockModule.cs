using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Bedrock;

/// <summary>AWS Bedrock.</summary>
public static class BedrockModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "bedrock";

    /// <summary>Makes the module.</summary>
    /// <param name="time">The clock that signatures go by.</param>
    public static ProviderModule Create(TimeProvider time) => Create(time, static () => new AwsKeySource(), Environment.GetEnvironmentVariable);

    /// <summary>Makes the module with keys and an environment of somebody else's.</summary>
    internal static ProviderModule Create(TimeProvider time, Func<IAwsKeySource> keys, Func<string, string?> environment)
    {
        var connection = new BedrockConnection(keys, environment);
        return new ProviderModule
        {
            Descriptor = new ProviderDescriptor(Id, "AWS Bedrock")
            {
                Kind = ProviderKind.Cloud,
                BaseUrls = ["https://bedrock-runtime.{region}.amazonaws.com"], Protocols = [Protocol.BedrockAnthropic, Protocol.BedrockConverse],
                Homepage = "https://aws.amazon.com/bedrock", ThirdPartyUse = VendorTerms.PaidApi,
            },
            Accounts = new BedrockAccountSchema(),
            Requests = new BedrockRequests(connection),
            Authenticator = new AwsAuthenticator(connection, time),
            Failures = new BedrockFailures(connection),
            Quotas = QuotaHeaders.Instance,
            TokenCounts = new TokenCountField("inputTokens"),
            ScopeOf = static _ => BedrockModelScope.Instance,
            TelemetryNameOf = static _ => "aws.bedrock",
        };
    }
}
