using System.Net;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding.Payload;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.StoredResponses;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// The whole configuration, validated: what <c>config.yaml</c> asked for, with a default wherever it said nothing. Immutable; a changed
/// file makes a new one, which is swapped in whole (see <see cref="ConfigWatcher"/>).
/// </summary>
public sealed record GatewayConfig
{
    /// <summary>The port that is opened when the file names none.</summary>
    public const int DefaultPort = 8317;

    /// <summary>What runs without a file: one listener on loopback, no upstreams.</summary>
    public static GatewayConfig Default { get; } = new();

    /// <summary>The addresses to open, at least one. The first is the one that <c>host</c> and <c>port</c> name, where they do.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; init; } = [ListenerOptions.Default];

    /// <summary><c>trusted-proxies</c>: the proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; none by default.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary><c>tls</c>: HTTPS on every listener.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary><c>api-keys</c>: what clients may show, besides the keys of the store; none in either place means open, which is allowed on loopback only.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary><c>remote-management</c>: who may manage the gateway from elsewhere.</summary>
    public ManagementOptions Management { get; init; } = new();

    /// <summary><c>surfaces</c>: what surfaces may do.</summary>
    public SurfaceOptions Surfaces { get; init; } = new();

    /// <summary><c>proxy-url</c>: the proxy for upstreams that name none of their own (<c>http</c>, <c>https</c>, <c>socks5</c>); <c>direct</c> for none whatever the environment says; null leaves it to the environment.</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>How often and how patiently a request is tried again.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary><c>routing</c>: how the account is chosen.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>Whether and how long failing targets cool down.</summary>
    public CooldownOptions Cooling { get; init; } = new();

    /// <summary><c>streaming</c>: keep-alives and time limits.</summary>
    public StreamingOptions Streaming { get; init; } = new();

    /// <summary><c>limits</c>: what a client may send.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary><c>responses</c>: kept responses and WebSockets of OpenAI Responses.</summary>
    public ResponsesOptions Responses { get; init; } = new();

    /// <summary><c>budgets</c>: how the budgets of client keys are kept.</summary>
    public BudgetOptions Budgets { get; init; } = new();

    /// <summary><c>prices</c>: what models cost, before the built-in table is asked.</summary>
    public IReadOnlyList<ModelPrice> Prices { get; init; } = [];

    /// <summary><c>models.catalog</c>.</summary>
    public CatalogOptions Catalog { get; init; } = new();

    /// <summary><c>store</c>: where what lasts is kept; read at start.</summary>
    public StoreOptions Store { get; init; } = new();

    /// <summary><c>flows</c>: what is recorded of requests.</summary>
    public FlowsOptions Flows { get; init; } = new();

    /// <summary><c>telemetry</c>: what is reported of requests' traces.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>What holds for all logins of a provider.</summary>
    public LoginRules Logins { get; init; } = LoginRules.None;

    /// <summary><c>payload</c>: members that are set in, or taken out of, the bodies of requests.</summary>
    public PayloadRules Payload { get; init; } = PayloadRules.None;

    /// <summary>What the surface of CLIProxyAPI goes by.</summary>
    public CliProxyOptions CliProxy { get; init; } = new();

    /// <summary>What is done for Amp's command line.</summary>
    public AmpOptions Amp { get; init; } = new();

    /// <summary>What is logged, and where.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary><c>force-model-prefix</c>: bare model names reach only accounts without a prefix.</summary>
    public bool ForceModelPrefix { get; init; }

    /// <summary><c>passthrough-headers</c>: harmless headers of the upstream's answer are given to the client.</summary>
    public bool PassthroughHeaders { get; init; }

    /// <summary><c>drain-timeout-seconds</c>: how long open streams may go on after a request to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>providers</c>: the settings of providers that are configured, by provider id. Who needs them asks <see cref="SettingsOf"/>.</summary>
    public IReadOnlyDictionary<string, object> ProviderSettings { get; init; } = new Dictionary<string, object>();

    /// <summary>The settings of a provider: as configured, else its defaults; null where it has none.</summary>
    public object? SettingsOf(ProviderModule provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return ProviderSettings.TryGetValue(provider.Id, out var configured) ? configured : provider.Settings?.Defaults;
    }

    /// <summary>Every upstream account: those of the file in its order, one for each key, and in the running gateway those of the store after them (see <see cref="AccountRegistry"/>).</summary>
    public IReadOnlyList<Account> Accounts { get; init; } = [];

    /// <summary>Accounts of the store that cannot be used until their owner does something, with what.</summary>
    public IReadOnlyList<(Account Account, string Problem)> Unusable { get; init; } = [];

    /// <summary>A listener that others can reach while this configuration has no client keys; null when there is none. The start refuses it, unless the store has keys.</summary>
    public ListenerOptions? Exposed => ApiKeys.Count > 0 ? null : Listeners.FirstOrDefault(listener => !listener.IsLoopback);

    /// <summary>What routing needs to know of this configuration.</summary>
    public RoutingSnapshot ToRouting() => new() { Accounts = Accounts, Unusable = Unusable, Routing = Routing, Cooling = Cooling, ForceModelPrefix = ForceModelPrefix };

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopbackOnly => Listeners.All(listener => listener.IsLoopback);

    /// <summary>The same configuration with its first listener at another address (the command line's <c>--host</c>, <c>--port</c>).</summary>
    public GatewayConfig WithAddress(string? host, int? port)
    {
        if (host is null && port is null) return this;
        var first = Listeners[0];
        first = first with { Host = host ?? first.Host, Port = port ?? first.Port };
        return this with { Listeners = [first, .. Listeners.Skip(1)] };
    }

    /// <summary>A record would print its members; these hold keys and a proxy's password.</summary>
    public override string ToString() => $"{Listeners.Count} listeners, {Accounts.Count} accounts, {ApiKeys.Count} client keys";
}
