using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// A kind of upstream, put together of small parts: everything that the gateway needs to know of a provider is here, and its id is named nowhere else. One module
/// serves all accounts of the provider.
/// </summary>
public sealed class ProviderModule
{
    /// <summary>What it is.</summary>
    public required ProviderDescriptor Descriptor { get; init; }

    /// <summary>How its accounts are configured.</summary>
    public required IAccountSchema Accounts { get; init; }

    /// <summary>How requests are made.</summary>
    public required IRequestBuilder Requests { get; init; }

    /// <summary>How a credential is put on a request.</summary>
    public required IAuthenticator Authenticator { get; init; }

    /// <summary>What refusals mean.</summary>
    public required IFailureClassifier Failures { get; init; }

    /// <summary>What answers say of quotas; null for nothing.</summary>
    public IQuotaSource? Quotas { get; init; }

    /// <summary>How its logins are renewed; null where its credentials do not expire.</summary>
    public ITokenRefresher? Refresher { get; init; }

    /// <summary>How a login is ended at the vendor; null where the vendor offers nothing for it.</summary>
    public ISignOut? SignOut { get; init; }

    /// <summary>How the vendor is asked about quotas; null where it has nothing to be asked.</summary>
    public IQuotaReader? QuotaReader { get; init; }

    /// <summary>How people sign in to it, the usual way first; empty where its credentials are only entered.</summary>
    public IReadOnlyList<ILoginFlow> Logins { get; init; } = [];

    /// <summary>The word by which CLIProxyAPI's credential files name the provider (their <c>type</c>); null where it has no such files.</summary>
    public string? FileType { get; init; }

    /// <summary>What owners may have the vendor do for an account; empty where there is nothing.</summary>
    public IReadOnlyList<IAccountAction> Actions { get; init; } = [];

    /// <summary>Its settings as a whole (<c>providers.ID</c>); null where it has none.</summary>
    public ProviderSettings? Settings { get; init; }

    /// <summary>When a request goes on to another address of the service; null where an account has one address.</summary>
    public HostFallback? HostFallback { get; init; }

    /// <summary>How its lists of models are read; null where they tell nothing that can be compared with configured names.</summary>
    public IModelLister? Models { get; init; }

    /// <summary>How its token counts are read; null where it has none.</summary>
    public ITokenCountReader? TokenCounts { get; init; }

    /// <summary>The changes that its vendor needs in the bodies of the protocol; null where it takes what the protocol says.</summary>
    public IRequestEditor? Editor { get; init; }

    /// <summary>
    /// Opens a filter for a stream that passes to a client of the same protocol, in the place of the protocol's own, by the client's headers that belong to the protocol; null where streams pass as they are.
    /// </summary>
    public Func<IReadOnlyList<KeyValuePair<string, string>>, IStreamFilter>? OpenStreamFilter { get; init; }

    /// <summary>How its requests go over a WebSocket; null where its vendor is asked over HTTP only.</summary>
    public ISocketBinding? Sockets { get; init; }

    /// <summary>Whether the vendor keeps the responses that it made, so that a conversation can be continued by an id that only it knows.</summary>
    public bool KeepsResponses { get; init; } = true;

    /// <summary>The wrapping of its bodies; null where they are the protocol's own.</summary>
    public IEnvelope? Envelope { get; init; }

    /// <summary>Which models an account serves that was configured without any.</summary>
    public Func<Account, ModelScope> ScopeOf { get; init; } = static _ => ModelScope.Anything;

    /// <summary>The protocol that a model is asked in; by default the account's, or what that protocol's traits choose by the model.</summary>
    public Func<Account, UpstreamModel, Protocol> ProtocolFor { get; init; } = static (account, model) => ProtocolRegistry.Traits(account.Protocol).ProtocolFor(model);

    /// <summary>What the protocol of its requests has to know of an account and a model; null for a protocol that needs nothing.</summary>
    public Func<Account, UpstreamModel, UpstreamOptions?> OptionsOf { get; init; } = static (_, _) => null;

    /// <summary>What the owner of an account should know and see to, although it still serves (a login that ends in a few days); whole sentences.</summary>
    public Func<Account, DateTimeOffset, IReadOnlyList<CodedText>> WarningsOf { get; init; } = static (_, _) => [];

    /// <summary>How a conversation is shortened that the upstream finds too long; null where the client hears that it is.</summary>
    public IHistoryCompaction? Compaction { get; init; }

    /// <summary>Whether the account's host is Anthropic itself, which alone takes Claude Code's attribution line.</summary>
    public Func<Account, bool> IsVendor { get; init; } = static _ => false;

    /// <summary>The name of the system behind an account in OpenTelemetry's conventions for generative AI (<c>gen_ai.provider.name</c>); by default the id.</summary>
    public Func<Account, string> TelemetryNameOf { get; init; } = static account => account.Provider;

    /// <summary>The id that accounts refer to.</summary>
    public string Id => Descriptor.Id;

    /// <summary>
    /// Makes the HTTP request of a call, with the credential on it. May wait (keys that have to be fetched). Null when the provider does not offer the operation.
    /// </summary>
    /// <exception cref="WireException">The account cannot be used; another one may do better.</exception>
    public ValueTask<HttpRequestMessage?> CreateRequestAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        if (Requests.Build(call) is not { } built) return ValueTask.FromResult<HttpRequestMessage?>(null);
        try
        {
            var authenticating = Authenticator.AuthenticateAsync(built, call, cancellationToken);
            if (!authenticating.IsCompletedSuccessfully) return WaitAsync(authenticating, built.Message);
            authenticating.GetAwaiter().GetResult();
            return ValueTask.FromResult<HttpRequestMessage?>(built.Message);
        }
        catch
        {
            built.Message.Dispose();
            throw;
        }

        static async ValueTask<HttpRequestMessage?> WaitAsync(ValueTask authenticating, HttpRequestMessage message)
        {
            try
            {
                await authenticating;
                return message;
            }
            catch
            {
                message.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
