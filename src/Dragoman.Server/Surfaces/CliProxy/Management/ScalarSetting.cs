using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A single setting that has a route of its own (wire notes cliproxyapi 1.6 and 1.11, surface-clients 1.5).</summary>
/// <param name="Path">Where it stands in the file: <c>quota-exceeded.switch-project</c>. Its route has slashes for dots, and one with dots too.</param>
/// <param name="Kind">What it is.</param>
/// <param name="InForce">What holds where the file says nothing.</param>
internal sealed record ScalarSetting(string Path, JsonValueKind Kind, Func<GatewayConfig, JsonNode> InForce)
{
    /// <summary>Whether it may be taken away.</summary>
    public bool CanBeCleared { get; init; }

    /// <summary>Makes of a number what is kept.</summary>
    public Func<int, int> Normalise { get; init; } = static number => number;

    /// <summary>Makes of a text what is kept; null where it cannot be.</summary>
    public Func<string, string?> Read { get; init; } = static text => text.Trim();

    /// <summary>What is said of a text that cannot be.</summary>
    public string Fault { get; init; } = "invalid body";

    /// <summary>The name that it is shown under: the last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>Every setting with a route.</summary>
    public static IReadOnlyList<ScalarSetting> All { get; } =
    [
        Switch("debug", static config => config.Logging.Debug),
        Switch("logging-to-file", static config => config.Logging.ToFile),
        Number("logs-max-total-size-mb", static config => config.Logging.MaxTotalSizeMb, static number => Math.Max(0, number)),
        Number("error-logs-max-files", static config => config.CliProxy.ErrorLogsMaxFiles, static number => number < 0 ? new CliProxyOptions().ErrorLogsMaxFiles : number),
        // Usage is counted in any case.
        Switch("usage-statistics-enabled", static _ => true),
        new("proxy-url", JsonValueKind.String, static config => config.ProxyUrl ?? "") { CanBeCleared = true },
        Switch("quota-exceeded.switch-project", static _ => false),
        Switch("quota-exceeded.switch-preview-model", static _ => false),
        Switch("quota-exceeded.antigravity-credits", static _ => false),
        Switch("request-log", static config => config.CliProxy.RequestLog),
        Switch("ws-auth", static _ => true),
        Number("request-retry", static config => config.Retry.Rounds, static number => Math.Max(0, number)),
        Number("max-retry-credentials", static config => config.Retry.MaxCandidates, static number => Math.Max(0, number)),
        Number("max-retry-interval", static config => (int)config.Retry.MaxWait.TotalSeconds, static number => number),
        Switch("force-model-prefix", static config => config.ForceModelPrefix),
        new("routing.strategy", JsonValueKind.String, static config => JsonNamingPolicy.KebabCaseLower.ConvertName(config.Routing.Strategy.ToString())) { Read = StrategyOf, Fault = "invalid strategy" },
        Switch("remote-management.allow-remote", static config => config.Management.AllowRemote),
        Number("port", static config => config.Listeners[0].Port, static number => number),
        new("ampcode.upstream-url", JsonValueKind.String, static _ => "") { CanBeCleared = true },
        new("ampcode.upstream-api-key", JsonValueKind.String, static _ => "") { CanBeCleared = true },
        Switch("ampcode.restrict-management-to-localhost", static _ => false),
        Switch("ampcode.force-model-mappings", static _ => false),
    ];

    /// <summary>What is kept of a value of a body; null where it is not one.</summary>
    public JsonNode? ValueOf(JsonNode? given) => Kind switch
    {
        JsonValueKind.True => given is JsonValue flag && flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? flag.DeepClone() : null,
        JsonValueKind.Number => given is JsonValue && given.GetValueKind() == JsonValueKind.Number && ConfigEdits.NumberOf(given) is { } number ? Normalise(number) : null,
        _ => ConfigEdits.TextOf(given) is { } text && Read(text) is { } kept ? kept : null,
    };

    /// <summary>The words that strategies go by, and the one that is kept: CLIProxyAPI's own, and those that the gateway has besides.</summary>
    private static string? StrategyOf(string text) => text.Trim().ToLowerInvariant() switch
    {
        "" or "round-robin" or "roundrobin" or "rr" => "round-robin",
        "weighted-round-robin" or "weightedroundrobin" or "wrr" => "weighted-round-robin",
        "fill-first" or "fillfirst" or "ff" => "fill-first",
        "sticky" or "least-used" or "hybrid" => text.Trim().ToLowerInvariant(),
        _ => null,
    };

    private static ScalarSetting Switch(string path, Func<GatewayConfig, bool> inForce) => new(path, JsonValueKind.True, config => inForce(config));

    private static ScalarSetting Number(string path, Func<GatewayConfig, int> inForce, Func<int, int> normalise) => new(path, JsonValueKind.Number, config => inForce(config)) { Normalise = normalise };
}
