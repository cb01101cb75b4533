using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.StoredResponses;

namespace Dragoman.Gateway.Configuration;

/// <summary>Turns the top level of the file into a <see cref="GatewayConfig"/>.</summary>
internal sealed class ConfigBinder(SettingsReader root, ProviderRegistry providers, Func<string, string?> environment)
{
    private static readonly string[] Channels = ["codex", "claude-code", "antigravity", "xai"];

    /// <summary>Reads all of it; problems go to the section's log.</summary>
    public GatewayConfig Read()
    {
        var defaults = GatewayConfig.Default;
        var config = new GatewayConfig
        {
            Tls = ReadTls(),
            TrustedProxies = ListenerConfigBinder.ReadTrustedProxies(root),
            ApiKeys = ReadClientKeys(),
            Management = ReadManagement(),
            Surfaces = ReadSurfaces(),
            ProxyUrl = AddressSettings.Proxy(root, "proxy-url"),
            Retry = ReadRetry(),
            Routing = RoutingConfigBinder.Read(root, providers),
            Cooling = ReadCooling(),
            Streaming = ReadStreaming(),
            Limits = ReadLimits(),
            Responses = ReadResponses(),
            Store = ReadStore(),
            Flows = ReadFlows(),
            Budgets = ReadBudgets(),
            Prices = PriceConfigBinder.Read(root),
            Catalog = CatalogConfigBinder.Read(root),
            Telemetry = ReadTelemetry(),
            CliProxy = ReadCliProxy(),
            Logins = LoginRulesBinder.Read(root),
            Payload = PayloadRulesBinder.Read(root),
            Amp = AmpConfigBinder.Read(root),
            Logging = new LoggingOptions
            {
                Debug = root.GetBool("debug"),
                ToFile = root.GetBool("logging-to-file"),
                MaxTotalSizeMb = Math.Max(0, root.Integer("logs-max-total-size-mb", 0, int.MinValue, 1_000_000)),
            },
            ForceModelPrefix = root.GetBool("force-model-prefix"),
            PassthroughHeaders = root.GetBool("passthrough-headers"),
            DrainTimeout = root.Seconds("drain-timeout-seconds", defaults.DrainTimeout),
            ProviderSettings = ReadProviders(),
        };
        config = config with { Accounts = new AccountConfigBinder(root, providers, config.SettingsOf, environment).Read() };
        config = config with { Accounts = [.. config.Accounts.Select(account => config.Logins.Apply(account, providers[account.Provider]))] };
        config = config with { Listeners = new ListenerConfigBinder(root).Read(config.ApiKeys.Count > 0) };
        foreach (var channel in Channels) root.Section(channel)?.Finish(UnsupportedSettings.Channels);
        root.Finish(UnsupportedSettings.TopLevel);
        return config;
    }

    private Dictionary<string, object> ReadProviders()
    {
        var configured = new Dictionary<string, object>(StringComparer.Ordinal);
        if (root.Section("providers") is not { } section) return configured;
        foreach (var provider in providers.All)
        {
            if (provider.Settings is not { } settings || section.Section(provider.Id) is not { } own) continue;
            configured[provider.Id] = settings.Read(own);
            own.Finish();
        }

        section.Finish();
        return configured;
    }

    private TlsOptions ReadTls()
    {
        if (root.Section("tls") is not { } section) return new TlsOptions();
        var tls = new TlsOptions { Enable = section.GetBool("enable"), CertificateFile = section.Text("cert"), KeyFile = section.Text("key") };
        if (tls.Enable && string.IsNullOrEmpty(tls.CertificateFile))
            section.ErrorAt("cert", "TLS is enabled without a certificate.", "Name a PEM file, or set tls.enable: false.");
        if (tls.Enable && string.IsNullOrEmpty(tls.KeyFile))
            section.ErrorAt("key", "TLS is enabled without a private key.", "Name a PEM file, or set tls.enable: false.");
        section.Finish();
        return tls;
    }

    private List<string> ReadClientKeys()
    {
        var keys = new List<string>();
        foreach (var (key, node, at) in root.GetStrings("api-keys"))
        {
            if (!HeaderSafe.Check(key)) root.Error(node, at, "The key contains a space or a character that no header can carry.", "Use letters, digits and punctuation of ASCII.");
            else if (keys.Contains(key)) root.Problems.Warn(at, node.Line, node.Column, "The same key stands in the list twice.", "Remove one of them.");
            else keys.Add(key);
        }

        return keys;
    }

    private ManagementOptions ReadManagement()
    {
        if (root.Section("remote-management") is not { } section) return new ManagementOptions();
        var options = new ManagementOptions
        {
            AllowRemote = section.GetBool("allow-remote"),
            SecretKey = section.Text("secret-key") is { Length: > 0 } secret ? secret : null,
            RequireSecretOnLoopback = section.GetBool("require-secret-on-loopback"),
            DisableControlPanel = section.GetBool("disable-control-panel"),
            SessionIdle = section.Duration("session-idle", new ManagementOptions().SessionIdle),
            SessionLifetime = section.Duration("session-lifetime", new ManagementOptions().SessionLifetime),
            Hosts = section.GetStrings("hosts").Select(host => host.Text).ToArray(),
            Origins = section.GetStrings("origins").Select(origin => origin.Text.TrimEnd('/')).ToArray(),
        };
        if (options is { SecretKey: not null, IsHashed: false } && section.Node("secret-key") is SettingScalar written && !written.Value.Contains("${", StringComparison.Ordinal))
            section.WarnAt("secret-key", "The management secret stands in the file as it is.", "Keep it hashed with 'dragoman settings secret', or name an environment variable: ${NAME}.");
        section.Finish(UnsupportedSettings.Management);
        return options;
    }

    private SurfaceOptions ReadSurfaces()
    {
        if (root.Section("surfaces") is not { } section) return new SurfaceOptions();
        var options = new SurfaceOptions { WriteUserFiles = section.GetBool("write-user-files") };
        section.Finish();
        return options;
    }

    private RetryOptions ReadRetry()
    {
        var defaults = new RetryOptions();
        return new RetryOptions
        {
            Rounds = root.Integer("request-retry", defaults.Rounds, 0, 100),
            MaxCandidates = Math.Max(0, root.Integer("max-retry-credentials", 0, -1, 10_000)),
            MaxWait = root.Seconds("max-retry-interval", defaults.MaxWait),
        };
    }

    private CooldownOptions ReadCooling()
    {
        // CLIProxyAPI's own words: 0 is the default of 60 seconds, -1 is none.
        var cap = root.Integer("transient-error-cooldown-seconds", 0, -1, 1_800);
        return new CooldownOptions
        {
            Disabled = root.GetBool("disable-cooling"),
            TransientCap = cap == 0 ? new CooldownOptions().TransientCap : TimeSpan.FromSeconds(Math.Max(0, cap)),
        };
    }

    private StreamingOptions ReadStreaming()
    {
        var defaults = new StreamingOptions();
        var whole = root.Seconds("nonstream-keepalive-interval", defaults.WholeAnswerKeepAlive);
        if (root.Section("streaming") is not { } section) return defaults with { WholeAnswerKeepAlive = whole };
        var options = new StreamingOptions
        {
            KeepAlive = section.Seconds("keepalive-seconds", defaults.KeepAlive),
            KeepAliveStyle = section.GetEnum("keepalive-style", KeepAliveStyle.Comment, ("comment", KeepAliveStyle.Comment), ("ping", KeepAliveStyle.Ping)),
            WholeAnswerKeepAlive = whole,
            BootstrapRetries = section.Integer("bootstrap-retries", defaults.BootstrapRetries, 0, 100),
            FirstByteTimeout = section.Seconds("first-byte-timeout-seconds", defaults.FirstByteTimeout),
            IdleTimeout = section.Seconds("idle-timeout-seconds", defaults.IdleTimeout),
            ClientWriteTimeout = section.Seconds("client-write-timeout-seconds", defaults.ClientWriteTimeout),
        };
        section.Finish();
        return options;
    }

    private ResponsesOptions ReadResponses()
    {
        var defaults = new ResponsesOptions();
        if (root.Section("responses") is not { } section) return defaults;
        var options = new ResponsesOptions
        {
            WebSocket = section.GetBool("websocket", defaults.WebSocket),
            StoreTtl = section.Duration("store-ttl", defaults.StoreTtl),
            StoreMaxBytes = (long)section.Integer("store-max-mb", (int)(defaults.StoreMaxBytes >> 20), 1, 65_536) << 20,
            StoreMaxCount = section.Integer("store-max-count", defaults.StoreMaxCount, 1, 10_000_000),
        };
        section.Finish();
        return options;
    }

    private BudgetOptions ReadBudgets()
    {
        if (root.Section("budgets") is not { } section) return new BudgetOptions();
        var options = new BudgetOptions
        {
            RefuseUnknownPrice = section.GetEnum("unknown-price", false, ("allow", false), ("refuse", true)),
            MaxOutput = section.Integer("max-output", new BudgetOptions().MaxOutput, 1, 1_000_000),
        };
        section.Finish();
        return options;
    }

    private StoreOptions ReadStore()
    {
        if (root.Section("store") is not { } section) return new StoreOptions();
        var options = new StoreOptions
        {
            Postgres = section.Text("postgres") is { Length: > 0 } connection ? connection : null,
            Timeout = TimeSpan.FromSeconds(section.Integer("patience-seconds", (int)new StoreOptions().Timeout.TotalSeconds, 1, 600)),
        };
        section.Finish();
        return options;
    }

    private FlowsOptions ReadFlows()
    {
        // CLIProxyAPI's switch for recording bodies; what is said in our own words goes before it.
        var defaults = root.GetBool("request-log") ? new FlowsOptions { Mode = FlowMode.Full } : new FlowsOptions();
        if (root.Section("flows") is not { } section) return defaults;
        var options = new FlowsOptions
        {
            Mode = section.GetEnum("mode", defaults.Mode, ("off", FlowMode.Off), ("metadata", FlowMode.Metadata), ("full", FlowMode.Full)),
            MaxBodyBytes = section.Integer("max-body-kb", defaults.MaxBodyBytes >> 10, 1, 65_536) << 10,
            Retention = TimeSpan.FromDays(section.Integer("retention-days", (int)defaults.Retention.TotalDays, 0, 36_500)),
            BodiesRetention = TimeSpan.FromDays(section.Integer("bodies-retention-days", (int)defaults.BodiesRetention.TotalDays, 0, 36_500)),
            MaxBytes = (long)section.Integer("max-size-mb", (int)(defaults.MaxBytes >> 20), 0, 100_000_000) << 20,
        };
        section.Finish();
        return options;
    }

    private CliProxyOptions ReadCliProxy()
    {
        var defaults = new CliProxyOptions();
        // CLIProxyAPI's own words: what is not above zero is the default, and an hour is the most.
        var retention = root.Integer("redis-usage-queue-retention-seconds", 60, int.MinValue, int.MaxValue);
        var errorLogs = root.Integer("error-logs-max-files", defaults.ErrorLogsMaxFiles, int.MinValue, int.MaxValue);
        root.Section("quota-exceeded")?.Finish(UnsupportedSettings.QuotaExceeded);
        return new CliProxyOptions
        {
            UsageQueueRetention = retention <= 0 ? defaults.UsageQueueRetention : TimeSpan.FromSeconds(Math.Min(retention, 3_600)),
            ErrorLogsMaxFiles = errorLogs < 0 ? defaults.ErrorLogsMaxFiles : errorLogs,
            RequestLog = root.GetBool("request-log"),
        };
    }

    private TelemetryOptions ReadTelemetry()
    {
        if (root.Section("telemetry") is not { } section) return new TelemetryOptions();
        var options = new TelemetryOptions { Propagate = section.GetBool("propagate") };
        section.Finish();
        return options;
    }

    private LimitOptions ReadLimits()
    {
        if (root.Section("limits") is not { } section) return new LimitOptions();
        var defaults = new LimitOptions();
        var options = new LimitOptions
        {
            MaxBodyBytes = (long)section.Integer("max-body-mb", 32, 1, 1_024) << 20,
            MaxFrameBytes = section.Integer("max-frame-mb", 16, 1, 512) << 20,
            MaxAnswerBytes = section.Integer("max-answer-mb", 64, 1, 1_024) << 20,
            MaxQueuedBytes = (long)section.Integer("max-queued-mb", 64, 1, 16_384) << 20,
            MaxConnections = section.Integer("max-connections", 0, 0, 10_000_000),
            ClientReadTimeout = section.Seconds("client-read-timeout-seconds", new LimitOptions().ClientReadTimeout),
            MaxMemoryBytes = (long)section.Integer("max-memory-mb", 0, 0, 16_777_216) << 20,
            RefusedBurst = section.Integer("refused-burst", defaults.RefusedBurst, 0, 1_000_000),
            RefusedPerMinute = section.Integer("refused-per-minute", defaults.RefusedPerMinute, 1, 1_000_000),
        };
        section.Finish();
        return options;
    }
}
