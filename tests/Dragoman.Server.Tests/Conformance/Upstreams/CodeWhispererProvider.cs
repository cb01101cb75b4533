using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Server.Tests.Conformance.Upstreams;

/// <summary>
/// A provider whose accounts have a bearer token and speak CodeWhisperer's protocol, so that the protocol runs in the whole gateway. The provider that ships has logins,
/// profiles and failure classes of its own.
/// </summary>
internal static class CodeWhispererProvider
{
    /// <summary>The section of its accounts.</summary>
    public const string Section = "codewhisperer-tests";

    private const string Id = "codewhisperer-tests";

    private static readonly CodeWhispererOptions Options = new() { ProfileArn = "arn:aws:codewhisperer:us-east-1:111122223333:profile/EXAMPLE", EndIsMarked = true };

    public static ProviderModule Create() => new()
    {
        Descriptor = new ProviderDescriptor(Id, "CodeWhisperer's protocol")
        {
            BaseUrls = ["https://codewhisperer.invalid"],
            Protocols = [Protocol.CodeWhisperer],
            Homepage = "https://codewhisperer.invalid",
            ThirdPartyUse = new ThirdPartyUse(ThirdPartyPosition.Tolerated, "It is a test's own.", new DateOnly(2026, 11, 30)),
        },
        Accounts = new KeyedAccountSchema(Id, Section, Protocol.CodeWhisperer, "https://codewhisperer.invalid"),
        Requests = new JsonRequests(static call => call.Operation switch
        {
            UpstreamOperation.Generate => "/generateAssistantResponse",
            UpstreamOperation.ListModels => "/ListAvailableModels?origin=AI_EDITOR",
            _ => null,
        }),
        Authenticator = HeaderKey.Bearer,
        Failures = StatusFailures.Instance,
        OptionsOf = static (_, _) => Options,
    };
}
