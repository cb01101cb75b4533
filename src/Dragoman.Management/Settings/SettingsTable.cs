using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;

namespace Dragoman.Management.Settings;

/// <summary>The single settings of a configuration, by their path: what is in force, and whether a change waits for the next start.</summary>
internal static class SettingsTable
{
    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<SettingRow> Rows { get; } =
    [
        new("host", config => config.Listeners[0].Host, AtStart: true),
        new("port", config => config.Listeners[0].Port, AtStart: true),
        new("tls.enable", config => config.Tls.Enable, AtStart: true),
        new("tls.cert", config => config.Tls.CertificateFile, AtStart: true),
        new("tls.key", config => config.Tls.KeyFile, AtStart: true),
        new("trusted-proxies", config => Texts(config.TrustedProxies.Select(network => network.ToString()))),
        new("proxy-url", config => config.ProxyUrl),
        new("request-retry", config => config.Retry.Rounds),
        new("max-retry-credentials", config => config.Retry.MaxCandidates),
        new("max-retry-interval", config => config.Retry.MaxWait.TotalSeconds),
        new("routing.strategy", config => JsonNamingPolicy.KebabCaseLower.ConvertName(config.Routing.Strategy.ToString())),
        new("routing.session-affinity", config => config.Routing.SessionAffinity),
        new("routing.session-affinity-ttl", config => $"{config.Routing.SessionAffinityTtl.TotalSeconds:0}s"),
        new("routing.warm-cache-wait", config => $"{config.Routing.WarmCacheWait.TotalSeconds:0}s"),
        new("streaming.keepalive-seconds", config => config.Streaming.KeepAlive.TotalSeconds),
        new("streaming.keepalive-style", config => JsonNamingPolicy.KebabCaseLower.ConvertName(config.Streaming.KeepAliveStyle.ToString())),
        new("streaming.first-byte-timeout-seconds", config => config.Streaming.FirstByteTimeout.TotalSeconds),
        new("streaming.idle-timeout-seconds", config => config.Streaming.IdleTimeout.TotalSeconds),
        new("streaming.client-write-timeout-seconds", config => config.Streaming.ClientWriteTimeout.TotalSeconds),
        new("streaming.bootstrap-retries", config => config.Streaming.BootstrapRetries),
        new("disable-cooling", config => config.Cooling.Disabled),
        new("transient-error-cooldown-seconds", config => config.Cooling.TransientCap.TotalSeconds),
        new("force-model-prefix", config => config.ForceModelPrefix),
        new("passthrough-headers", config => config.PassthroughHeaders),
        new("limits.max-body-mb", config => config.Limits.MaxBodyBytes >> 20),
        new("limits.max-frame-mb", config => config.Limits.MaxFrameBytes >> 20),
        new("limits.max-answer-mb", config => config.Limits.MaxAnswerBytes >> 20),
        new("limits.max-queued-mb", config => config.Limits.MaxQueuedBytes >> 20),
        new("limits.max-connections", config => config.Limits.MaxConnections, AtStart: true),
        new("limits.client-read-timeout-seconds", config => config.Limits.ClientReadTimeout.TotalSeconds),
        new("limits.max-memory-mb", config => config.Limits.MaxMemoryBytes >> 20),
        new("responses.websocket", config => config.Responses.WebSocket),
        new("responses.store-ttl", config => $"{config.Responses.StoreTtl.TotalSeconds:0}s"),
        new("responses.store-max-mb", config => config.Responses.StoreMaxBytes >> 20),
        new("responses.store-max-count", config => config.Responses.StoreMaxCount),
        new("flows.mode", config => JsonNamingPolicy.KebabCaseLower.ConvertName(config.Flows.Mode.ToString())),
        new("flows.max-body-kb", config => config.Flows.MaxBodyBytes >> 10),
        new("flows.retention-days", config => config.Flows.Retention.TotalDays),
        new("flows.bodies-retention-days", config => config.Flows.BodiesRetention.TotalDays),
        new("flows.max-size-mb", config => config.Flows.MaxBytes >> 20),
        new("store.postgres", config => config.Store.Postgres, AtStart: true),
        new("store.patience-seconds", config => config.Store.Timeout.TotalSeconds, AtStart: true),
        new("drain-timeout-seconds", config => config.DrainTimeout.TotalSeconds),
        new("debug", config => config.Logging.Debug, AtStart: true),
        new("remote-management.allow-remote", config => config.Management.AllowRemote),
        new("remote-management.require-secret-on-loopback", config => config.Management.RequireSecretOnLoopback),
        new("remote-management.disable-control-panel", config => config.Management.DisableControlPanel),
        new("remote-management.session-idle", config => $"{config.Management.SessionIdle.TotalSeconds:0}s"),
        new("remote-management.session-lifetime", config => $"{config.Management.SessionLifetime.TotalSeconds:0}s"),
        new("remote-management.hosts", config => Texts(config.Management.Hosts)),
        new("remote-management.origins", config => Texts(config.Management.Origins)),
        new("remote-management.secret-key", config => config.Management.SecretKey),
        new("surfaces.write-user-files", config => config.Surfaces.WriteUserFiles),
    ];

    /// <summary>Whether a change at a path waits for the next start.</summary>
    public static bool WaitsForStart(string path) => path.StartsWith("listeners", StringComparison.Ordinal) || Rows.Any(row => row.AtStart && (row.Path == path || path == row.Path.Split('.')[0]));

    private static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(static value => (JsonNode)value)];
}

/// <summary>One setting.</summary>
/// <param name="Path">Where it stands in the file.</param>
/// <param name="Value">What is in force; null for nothing.</param>
/// <param name="AtStart">Whether it is read at start only.</param>
internal sealed record SettingRow(string Path, Func<GatewayConfig, JsonNode?> Value, bool AtStart = false);
