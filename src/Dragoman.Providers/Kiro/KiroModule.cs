using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Protocols;
using Dragoman.Protocols.CodeWhisperer.Shared;

namespace Dragoman.Providers.Kiro;

/// <summary>Kiro, AWS's coding assistant: Claude's and others' models by a plan, asked in the protocol of the service behind it.</summary>
public static class KiroModule
{
    /// <summary>The provider's id.</summary>
    internal const string Id = "kiro";

    /// <summary>Makes the module.</summary>
    /// <param name="time">The clock that what is remembered goes by.</param>
    public static ProviderModule Create(TimeProvider time)
    {
        var memory = new KiroMemory();
        var options = new KiroOptions(memory.Catalog, new CodeWhispererCutCalls(time));
        var scope = new KiroModelScope(memory.Catalog);
        return new ProviderModule
        {
            FileType = "kiro",
            Descriptor = new ProviderDescriptor(Id, "Kiro")
            {
                Kind = ProviderKind.Subscription,
                BaseUrls = [KiroAddress.Amazon, KiroAddress.Runtime],
                Protocols = [Protocol.CodeWhisperer],
                Homepage = "https://kiro.dev",
                ThirdPartyUse = new ThirdPartyUse(
                    ThirdPartyPosition.Forbidden, "Kiro's plans are meant for Kiro's own programs; AWS suspends accounts that others use, and reports of it went on until September 2026.", new DateOnly(2026, 11, 29)),
            },
            Accounts = new KiroAccountSchema(),
            Requests = new KiroRequests(memory),
            Authenticator = new KiroAuthenticator(),
            Failures = new KiroFailures(memory),
            // A host that is not there (the older ones are to end) is none of a region's; a refusal goes by the memory.
            HostFallback = new HostFallback(HostFallback.IsUnreachable),
            Models = new KiroModelLister(memory.Catalog),
            Logins =
            [
                new KiroOidcLogin(isBuilder: true), new KiroSocialLogin("Google"), new KiroSocialLogin("Github"), new KiroPortalLogin("Google"), new KiroPortalLogin("Github"), new KiroChoiceLogin(), new KiroOidcLogin(isBuilder: false), new KiroFileLogin(),
            ],
            Settings = ProviderSettings.From<KiroSettings>(new DateOnly(2026, 11, 29)),
            Refresher = new KiroTokenRefresher(memory),
            SignOut = new KiroSignOut(),
            QuotaReader = new KiroQuotaReader(memory),
            Actions = [new KiroOverageAction(memory, turnsOn: true), new KiroOverageAction(memory, turnsOn: false)],
            Compaction = new KiroCompaction(time),
            ScopeOf = _ => scope,
            OptionsOf = options.Of,
            TelemetryNameOf = static _ => "aws.kiro",
        };
    }

    private sealed class KiroModelLister(KiroCatalog catalog) : IModelLister
    {
        /// <summary>Half a list proves nothing about a model that is not in it.</summary>
        public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body) => catalog.Take(body, out var next) is { } ids && next is null ? ids : null;
    }
}
